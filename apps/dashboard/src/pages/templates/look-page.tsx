import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { useCan } from '../../session/use-session.ts';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Missing } from '../../shell/trouble.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { say } from '../../ui/toast.tsx';
import { Mono } from '../notifications/facts.tsx';
import { LookEditor } from './look-editor.tsx';
import { type LookKind, layoutKind, partialKind, type Stored } from './look-kinds.ts';
import { LookPreview } from './look-preview.tsx';
import { useLook, useLookEditor, useUses } from './use-looks.ts';
import { UsedBy } from './used-by.tsx';

const layoutRoute = getRouteApi('/inside/templates/layouts/$key');
const partialRoute = getRouteApi('/inside/templates/partials/$key');

export function LayoutPage() {
  const { key } = layoutRoute.useParams();
  return <LookPage kind={layoutKind} lookKey={key} />;
}

export function PartialPage() {
  const { key } = partialRoute.useParams();
  return <LookPage kind={partialKind} lookKey={key} />;
}

function LookPage({ kind, lookKey }: { kind: LookKind; lookKey: string }) {
  const { data, error, refetch } = useLook(kind, lookKey);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  if (data) return <Workbench key={`${kind.what} ${data.key}`} kind={kind} stored={data} />;
  return (
    <Page title={lookKey} before={<BackToAll kind={kind} />}>
      {error ? (
        <Failed error={error} what={`The ${kind.what}`} retry={() => void refetch()} />
      ) : (
        <BlockSkeleton lines={8} />
      )}
    </Page>
  );
}

function BackToAll({ kind }: { kind: LookKind }) {
  return <Back to="/templates" search={{ tab: `${kind.what}s` }} label={`Back to ${kind.what}s`} />;
}

function Workbench({ kind, stored }: { kind: LookKind; stored: Stored }) {
  const can = useCan();
  const navigate = useNavigate();
  const editor = useLookEditor(kind, stored);
  const uses = useUses(kind, stored.key);
  const [isDeleting, setDeleting] = useState(false);
  const mayWrite = can('templates.write');
  const isUsed = (uses.data?.items.length ?? 0) > 0;
  return (
    <Page
      title={stored.name}
      before={<BackToAll kind={kind} />}
      action={
        mayWrite && (
          <>
            <Button
              look="primary"
              onClick={() => editor.save.mutate()}
              isBusy={editor.save.isPending}
              disabled={!editor.isDirty}
            >
              Save
            </Button>
            <RowMenu label="More">
              <MenuItem icon={Trash2} isDangerous disabled={isUsed} onClick={() => setDeleting(true)}>
                {isUsed ? 'Delete (it is used)' : 'Delete'}
              </MenuItem>
            </RowMenu>
          </>
        )
      }
    >
      <div className="mb-4 flex flex-wrap items-center gap-x-5 gap-y-2">
        <Mono text={stored.key} label="Copy key" />
        <span className="text-n11">A change shows in the next message.</span>
        {editor.isDirty && <span className="text-12 text-n10">Not saved yet</span>}
      </div>
      <div className="grid items-start gap-x-8 gap-y-8 xl:grid-cols-[minmax(0,1fr)_minmax(0,720px)]">
        <div className="flex min-w-0 flex-col gap-6">
          <LookEditor kind={kind} editor={editor} isReadOnly={!mayWrite} />
          <UsedBy kind={kind} lookKey={stored.key} uses={uses} />
        </div>
        <LookPreview editor={editor} />
      </div>
      <Confirm
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
        title={`Delete this ${kind.what}?`}
        action={`Delete ${kind.what}`}
        act={async () => {
          await editor.remove.mutateAsync();
          say(kind.what === 'layout' ? 'Layout deleted' : 'Partial deleted');
          await navigate({ to: '/templates', search: { tab: `${kind.what}s` } });
        }}
      >
        {stored.key === 'default'
          ? 'Mails that name no layout wear the built-in one again.'
          : 'Nothing uses it, and it has no versions to go back to.'}
      </Confirm>
    </Page>
  );
}
