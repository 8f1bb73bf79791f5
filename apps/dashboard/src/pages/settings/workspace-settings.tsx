import type { Me } from '@pulsestack/core';
import { useState } from 'react';
import { isOwner, useCan } from '../../session/use-session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { Mono } from '../notifications/facts.tsx';
import { Section } from './section.tsx';
import { useDeleteWorkspace, useSandbox, useWorkspaceForm } from './use-settings.ts';

export function WorkspaceSettings({ me }: { me: Me }) {
  const can = useCan();
  const form = useWorkspaceForm(me);
  const deleteWorkspace = useDeleteWorkspace(me);
  const [isDeleting, setDeleting] = useState(false);
  const mayManage = can('workspace.manage');
  return (
    <>
      <Section title="Name" about="Shown to members, and in the mails we send for you.">
        <form onSubmit={form.submit} noValidate className="flex w-full max-w-[360px] flex-col items-start gap-3">
          <TextField
            label="Workspace name"
            maxLength={80}
            disabled={!mayManage}
            className="w-full"
            help={mayManage ? undefined : 'Your role does not include changing the workspace.'}
            field={form.bind('name')}
          />
          {form.problem && <Problem error={form.problem} />}
          {mayManage && (
            <Button type="submit" isBusy={form.isBusy} disabled={!form.isDirty}>
              Save name
            </Button>
          )}
        </form>
        <div className="flex items-center gap-3 text-n10">
          Id <Mono text={me.workspace.id} label="Copy workspace id" />
        </div>
      </Section>
      <Sandbox me={me} mayManage={mayManage} />
      <Section title="Delete" about="Everything in this workspace goes: users, notifications, keys, and the sandbox.">
        {isOwner(me) ? (
          <Button look="quiet-danger" onClick={() => setDeleting(true)}>
            Delete workspace…
          </Button>
        ) : (
          <p className="text-n10">Only the owner can delete the workspace.</p>
        )}
      </Section>
      <Confirm
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
        title={`Delete ${me.workspace.name}?`}
        action="Delete workspace"
        name={me.workspace.name}
        act={deleteWorkspace}
      >
        All users, topics, notifications, receipts, members and keys of it are deleted. This cannot be taken back.
      </Confirm>
    </>
  );
}

function Sandbox({ me, mayManage }: { me: Me; mayManage: boolean }) {
  const { create, enter } = useSandbox();
  const { workspace } = me;
  if (workspace.kind === 'sandbox') {
    const parent = me.workspaces.find((one) => one.id === workspace.parentId);
    return (
      <Section title="Sandbox" about="A place to try things with users and keys of its own.">
        <p className="flex items-center gap-2">
          <Badge tone="warning">Sandbox</Badge> {parent ? `of ${parent.name}` : ''}
        </p>
        {parent && (
          <Button isBusy={enter.isPending} onClick={() => enter.mutate(parent.id)}>
            Open {parent.name}
          </Button>
        )}
      </Section>
    );
  }
  const { sandboxId } = workspace;
  return (
    <Section
      title="Sandbox"
      about="A second workspace for development: the same members, but users, notifications and keys of its own. Nothing sent there reaches the people here."
    >
      {sandboxId ? (
        <Button isBusy={enter.isPending} onClick={() => enter.mutate(sandboxId)}>
          Open the sandbox
        </Button>
      ) : mayManage ? (
        <Button isBusy={create.isPending} onClick={() => create.mutate()}>
          Create a sandbox
        </Button>
      ) : (
        <p className="text-n10">There is none. Creating it needs the permission “workspace.manage”.</p>
      )}
      {(create.error ?? enter.error) && <Problem error={(create.error ?? enter.error) as Error} />}
    </Section>
  );
}
