import type { Workflow } from '@pulsestack/core';
import { useNavigate } from '@tanstack/react-router';
import { Archive, ArchiveRestore, CopyPlus, Power, PowerOff } from 'lucide-react';
import { useState } from 'react';
import { useCan } from '../../session/use-session.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { MenuItem, MenuLine, RowMenu } from '../../ui/menu.tsx';
import { Problem } from '../../ui/notice.tsx';
import { useDuplicate, useWorkflowChanges } from './use-workflows.ts';

/** What can be done with a workflow as a whole. */
export function WorkflowMenu({ workflow, label, onGone }: { workflow: Workflow; label: string; onGone?: () => void }) {
  const can = useCan();
  const { setActive, archive, restore } = useWorkflowChanges();
  const [dialog, setDialog] = useState<'duplicate' | 'archive' | null>(null);
  const { key, status } = workflow;
  const mayPublish = can('workflows.publish');
  if (!mayPublish && !can('workflows.write')) return null;
  return (
    <>
      <RowMenu label={label}>
        {mayPublish && status === 'published' && (
          <MenuItem icon={PowerOff} onClick={() => setActive.mutate({ key, active: false })}>
            Switch off
          </MenuItem>
        )}
        {mayPublish && status === 'off' && (
          <MenuItem icon={Power} onClick={() => setActive.mutate({ key, active: true })}>
            Switch on
          </MenuItem>
        )}
        {can('workflows.write') && (
          <MenuItem icon={CopyPlus} onClick={() => setDialog('duplicate')}>
            Duplicate…
          </MenuItem>
        )}
        {mayPublish && status === 'archived' && (
          <MenuItem icon={ArchiveRestore} onClick={() => restore.mutate(workflow)}>
            Bring back
          </MenuItem>
        )}
        {mayPublish && status !== 'archived' && (
          <>
            <MenuLine />
            <MenuItem icon={Archive} isDangerous onClick={() => setDialog('archive')}>
              Archive…
            </MenuItem>
          </>
        )}
      </RowMenu>
      {dialog === 'duplicate' && <DuplicateDialog workflow={workflow} onClose={() => setDialog(null)} />}
      <Confirm
        isOpen={dialog === 'archive'}
        onClose={() => setDialog(null)}
        title={`Archive ${workflow.name}?`}
        action="Archive"
        act={async () => {
          await archive.mutateAsync([key]);
          onGone?.();
        }}
      >
        It starts nothing more and is no longer listed. Runs under way go on, and it can be brought back.
      </Confirm>
    </>
  );
}

function DuplicateDialog({ workflow, onClose }: { workflow: Workflow; onClose(): void }) {
  const navigate = useNavigate();
  const form = useDuplicate(workflow, (key) => {
    onClose();
    void navigate({ to: '/workflows/$key', params: { key } });
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Duplicate ${workflow.name}`}
      description="The copy is a draft. It starts nothing before it is published."
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            Duplicate
          </Button>
        </>
      }
    >
      <TextField label="Name" autoComplete="off" maxLength={120} field={form.bind('name')} />
      <TextField label="Key" isMono autoComplete="off" maxLength={64} field={form.bind('key')} />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
