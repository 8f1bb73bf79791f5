import type { Suppression } from '@pulsestack/core';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Download, MailX, Plus, Trash2, Upload } from 'lucide-react';
import { useState } from 'react';
import { Needs } from '../../session/needs.tsx';
import { useSnippets } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { exportCsv } from '../../table/export.ts';
import { SearchFilter } from '../../table/filters.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Panel } from '../../ui/dialog.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { say } from '../../ui/toast.tsx';
import { channelName } from '../messages/words.ts';
import { Fact, Mono } from '../notifications/facts.tsx';
import { NothingFits } from '../notifications/notifications-page.tsx';
import { AddDialog, ImportDialog } from './dialogs.tsx';
import { allSuppressions, useRemove, useSuppressions } from './use-suppressions.ts';
import { REASONS } from './words.ts';

const route = getRouteApi('/inside/suppressions');

const columns: readonly Column<Suppression>[] = [
  {
    id: 'address',
    header: 'Address',
    isWide: true,
    isFixed: true,
    text: (one) => one.address,
    cell: (one) => <span className="block truncate font-medium">{one.address}</span>,
  },
  {
    id: 'channel',
    header: 'Channel',
    from: 'sm',
    text: (one) => channelName(one.channel),
    cell: (one) => <span className="text-n11">{channelName(one.channel)}</span>,
  },
  {
    id: 'reason',
    header: 'Reason',
    text: (one) => REASONS[one.reason].label,
    cell: (one) => (
      <span title={REASONS[one.reason].note}>
        <Badge tone={REASONS[one.reason].tone}>{REASONS[one.reason].label}</Badge>
      </span>
    ),
  },
  {
    id: 'source',
    header: 'By',
    from: 'md',
    text: (one) => one.source,
    cell: (one) => <span className="block max-w-52 truncate text-n11">{one.source}</span>,
  },
  {
    id: 'createdAt',
    header: 'Since',
    from: 'sm',
    align: 'right',
    text: (one) => one.createdAt,
    cell: (one) => (
      <span className="text-n10">
        <Time at={one.createdAt} />
      </span>
    ),
  },
];

const idOf = (one: Suppression) => `${one.channel} ${one.address}`;

export function SuppressionsPage() {
  const { q, panel } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const show = (next: string | undefined) =>
    void navigate({ to: '/suppressions', search: { ...(q ? { q } : {}), ...(next ? { panel: next } : {}) } });
  const mayManage = can('suppressions.manage');
  return (
    <Page
      title="Suppressions"
      action={
        mayManage ? (
          <>
            <Button onClick={() => show('import')}>
              <Upload className="size-3.5" aria-hidden />
              <span className="max-sm:sr-only">Import</span>
            </Button>
            <Button look="primary" onClick={() => show('new')}>
              <Plus className="size-3.5" aria-hidden />
              <span>
                Add<span className="max-sm:sr-only"> address</span>
              </span>
            </Button>
          </>
        ) : undefined
      }
    >
      <Needs permission="suppressions.manage" to="see who is never written to">
        <SuppressionTable onAdd={() => show('new')} onOpen={(one) => show(idOf(one))} onClose={() => show(undefined)} />
      </Needs>
      {mayManage && panel === 'new' && <AddDialog onClose={() => show(undefined)} />}
      {mayManage && panel === 'import' && <ImportDialog onClose={() => show(undefined)} />}
    </Page>
  );
}

interface SuppressionTableProps {
  onAdd(): void;
  onOpen(one: Suppression): void;
  onClose(): void;
}

function SuppressionTable({ onAdd, onOpen, onClose }: SuppressionTableProps) {
  const { q, panel } = route.useSearch();
  const navigate = useNavigate();
  const list = useSuppressions(q);
  const remove = useRemove();
  const [removing, setRemoving] = useState<{ items: readonly Suppression[]; clear(): void } | null>(null);
  const open = list.items.find((one) => idOf(one) === panel);
  const [first] = removing?.items ?? [];
  return (
    <>
      <DataTable
        name="suppressions"
        what="Suppressions"
        list={list}
        columns={columns}
        idOf={idOf}
        onOpen={onOpen}
        filters={
          <>
            <SearchFilter
              label="Beginning of the address"
              value={q}
              onChange={(next) =>
                void navigate({ to: '/suppressions', search: next ? { q: next } : {}, replace: true })
              }
            />
            {list.items.length > 0 && <ExportAll q={q} />}
          </>
        }
        rowMenu={(one) => (
          <RowMenu label={`Actions for ${one.address}`}>
            <MenuItem icon={Trash2} isDangerous onClick={() => setRemoving({ items: [one], clear() {} })}>
              Take off the list
            </MenuItem>
          </RowMenu>
        )}
        bulk={(items, clear) => (
          <Button size="small" onClick={() => setRemoving({ items, clear })}>
            <Trash2 className="size-3.5" aria-hidden />
            Take off the list
          </Button>
        )}
        empty={
          q ? (
            <NothingFits onClear={() => void navigate({ to: '/suppressions', search: {} })} />
          ) : (
            <Nobody onAdd={onAdd} />
          )
        }
      />
      <Panel isOpen={open !== undefined} onClose={onClose} title={open?.address ?? ''} description="Never written to">
        {open && <Details one={open} onRemove={() => setRemoving({ items: [open], clear: onClose })} />}
      </Panel>
      <Confirm
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        title={
          removing?.items.length === 1
            ? `Write to ${first?.address} again?`
            : `Write to ${removing?.items.length} addresses again?`
        }
        action="Take off the list"
        act={async () => {
          await remove.mutateAsync(removing?.items ?? []);
          removing?.clear();
        }}
      >
        {removing?.items.some((one) => one.reason === 'complained')
          ? 'A complaint is among them: writing again harms your name with mail providers. Do it only when the person has asked for it.'
          : 'What bounces or is complained about comes back onto the list by itself.'}
      </Confirm>
    </>
  );
}

function ExportAll({ q }: { q: string | undefined }) {
  const saving = useMutation({
    mutationFn: () => allSuppressions(q),
    onSuccess: (items) => exportCsv('suppressions', columns, items),
    onError: (error) => say(`Not exported: ${error.message}`),
  });
  return (
    <Button onClick={() => saving.mutate()} isBusy={saving.isPending}>
      <Download className="size-3.5" aria-hidden />
      Export all
    </Button>
  );
}

function Details({ one, onRemove }: { one: Suppression; onRemove(): void }) {
  return (
    <>
      <dl className="mb-6 grid grid-cols-[96px_minmax(0,1fr)] gap-y-3">
        <Fact name="Address">
          <Mono text={one.address} label="Copy address" />
        </Fact>
        <Fact name="Channel">{channelName(one.channel)}</Fact>
        <Fact name="Reason">
          <Badge tone={REASONS[one.reason].tone}>{REASONS[one.reason].label}</Badge>
          <span className="mt-1 block text-12 text-n10">{REASONS[one.reason].note}</span>
        </Fact>
        <Fact name="By">{one.source}</Fact>
        <Fact name="Since">
          <Time at={one.createdAt} isExact />
        </Fact>
        {Object.keys(one.evidence).length > 0 && (
          <Fact name="Evidence">
            <pre className="overflow-x-auto rounded-control bg-n3 p-2.5" tabIndex={0} aria-label="Evidence">
              {JSON.stringify(one.evidence, null, 2)}
            </pre>
          </Fact>
        )}
      </dl>
      <Button look="quiet-danger" onClick={onRemove}>
        Take off the list
      </Button>
    </>
  );
}

function Nobody({ onAdd }: { onAdd(): void }) {
  const body = { suppressions: [{ address: 'gone@example.com', reason: 'bounced' }] };
  const snippets = useSnippets({
    path: '/v1/suppressions/import',
    body,
    sdk: `suppressions.import(${JSON.stringify(body)})`,
  });
  return (
    <Empty
      icon={MailX}
      title="Nobody is suppressed"
      action={
        <Button look="primary" onClick={onAdd}>
          Add an address
        </Button>
      }
      snippets={snippets}
    >
      An address that bounces or complains comes here by itself and is never written to again. Bring the list of the
      service you used before.
    </Empty>
  );
}
