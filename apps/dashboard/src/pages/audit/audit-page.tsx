import type { AuditEntry } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ScrollText } from 'lucide-react';
import { accounts } from '../../api/accounts.ts';
import { useList } from '../../api/list.ts';
import { Needs } from '../../session/needs.tsx';
import { Page } from '../../shell/page.tsx';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { FilterChip, TextChip } from '../../table/filters.tsx';
import { Panel } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { Fact, Mono } from '../notifications/facts.tsx';
import { NothingFits } from '../notifications/notifications-page.tsx';

const route = getRouteApi('/inside/audit');

const PERIODS = [
  { value: '1', label: 'Today' },
  { value: '7', label: 'Last 7 days' },
  { value: '30', label: 'Last 30 days' },
];

const columns: readonly Column<AuditEntry>[] = [
  {
    id: 'action',
    header: 'Action',
    isFixed: true,
    text: (entry) => entry.action,
    cell: (entry) => (
      <Link to="/audit" search={(before) => ({ ...before, entry: entry.id })} className="rounded-[3px] font-medium">
        {sentence(entry.action)}
      </Link>
    ),
  },
  {
    id: 'target',
    header: 'Of',
    isWide: true,
    from: 'sm',
    text: (entry) => entry.target ?? '',
    cell: (entry) => <code className="block truncate text-n11">{entry.target ?? '–'}</code>,
  },
  {
    id: 'actor',
    header: 'By',
    text: (entry) => entry.actor.name ?? entry.actor.id,
    cell: (entry) => <span className="block max-w-52 truncate text-n11">{actorText(entry.actor)}</span>,
  },
  {
    id: 'ip',
    header: 'Address',
    from: 'lg',
    text: (entry) => entry.ip ?? '',
    cell: (entry) => <span className="tabular text-n11">{entry.ip ?? '–'}</span>,
  },
  {
    id: 'at',
    header: 'When',
    align: 'right',
    text: (entry) => entry.at,
    cell: (entry) => (
      <span className="text-n10">
        <Time at={entry.at} />
      </span>
    ),
  },
];

export function AuditPage() {
  return (
    <Page title="Audit log">
      <Needs permission="audit.read" to="read the audit log">
        <AuditTable />
      </Needs>
    </Page>
  );
}

function AuditTable() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const { entry: openId, from, ...filter } = search;
  const list = useList<AuditEntry>(['audit'], accounts.auditLog, { ...filter, from: since(from) });
  const set = (change: Partial<typeof search>) =>
    void navigate({ to: '/audit', search: { ...search, ...change }, replace: true });
  const open = list.items.find((one) => one.id === openId);
  const isFiltered = from !== undefined || Object.keys(filter).length > 0;
  return (
    <>
      <DataTable
        name="audit"
        what="Audit log"
        list={list}
        columns={columns}
        idOf={(entry) => entry.id}
        onOpen={(entry) => set({ entry: entry.id })}
        filters={
          <>
            <FilterChip label="When" options={PERIODS} value={from} onChange={(next) => set({ from: next })} />
            <TextChip
              label="Action"
              placeholder="any, such as api_key.revoked"
              value={filter.action}
              onChange={(action) => set({ action })}
            />
            <TextChip label="By" placeholder="any id" value={filter.actor} onChange={(actor) => set({ actor })} />
            <TextChip label="Of" placeholder="any id" value={filter.target} onChange={(target) => set({ target })} />
          </>
        }
        empty={
          isFiltered ? (
            <NothingFits onClear={() => void navigate({ to: '/audit', search: {} })} />
          ) : (
            <Empty icon={ScrollText} title="Nothing happened yet">
              Every change in this workspace leaves a line here: who did what, when, and from where.
            </Empty>
          )
        }
      />
      <Panel
        isOpen={open !== undefined}
        onClose={() => set({ entry: undefined })}
        title={open ? sentence(open.action) : ''}
        description={open?.action}
      >
        {open && <Details entry={open} />}
      </Panel>
    </>
  );
}

function Details({ entry }: { entry: AuditEntry }) {
  return (
    <dl className="grid grid-cols-[96px_minmax(0,1fr)] gap-y-3">
      <Fact name="When">
        <Time at={entry.at} isExact />
      </Fact>
      <Fact name="By">{actorText(entry.actor)}</Fact>
      <Fact name="Their id">
        <Mono text={entry.actor.id} label="Copy id" />
      </Fact>
      {entry.target && (
        <Fact name="Of">
          <Mono text={entry.target} label="Copy id" />
        </Fact>
      )}
      <Fact name="Address">{entry.ip ?? '–'}</Fact>
      <Fact name="Request">
        <Mono text={entry.requestId} label="Copy request id" />
      </Fact>
      {Object.keys(entry.detail).length > 0 && (
        <Fact name="Detail">
          <pre className="overflow-x-auto rounded-control bg-n3 p-2.5" tabIndex={0} aria-label="Detail">
            {JSON.stringify(entry.detail, null, 2)}
          </pre>
        </Fact>
      )}
    </dl>
  );
}

function actorText(actor: AuditEntry['actor']): string {
  const name = actor.name ?? actor.id;
  return actor.kind === 'key' ? `API key ${name}` : name;
}

const plainer: Record<string, string> = { put: 'saved', bulk: 'imported' };

/** `api_key.revoked` as words: "API key revoked". */
function sentence(action: string): string {
  const words = action.split(/[._]+/).map((word) => (word === 'api' ? 'API' : (plainer[word] ?? word)));
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The midnight so many days ago, the same for the whole day. */
function since(days: string | undefined): string | undefined {
  if (days === undefined || !/^\d+$/.test(days)) return undefined;
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  midnight.setDate(midnight.getDate() - (Number(days) - 1));
  return midnight.toISOString();
}
