import type { Notification } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ArrowUp, BellRing, SearchX, Send, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Needs } from '../../session/needs.tsx';
import { useSnippets } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { FilterChip, SearchFilter, TextChip } from '../../table/filters.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Empty } from '../../ui/states.tsx';
import { notificationColumns } from './columns.tsx';
import { RetractDialog } from './retract-dialog.tsx';
import { useNotifications } from './use-notifications.ts';
import { STATE_OPTIONS } from './words.ts';

const route = getRouteApi('/inside/notifications');

const PERIODS = [
  { value: 'today', label: 'Today' },
  { value: 'week', label: 'Last 7 days' },
  { value: 'month', label: 'Last 30 days' },
];

export function NotificationsPage() {
  const can = useCan();
  return (
    <Page
      title="Notifications"
      action={
        can('notifications.create') ? (
          <Link to="/publish" className={buttonClass('primary')}>
            <Send className="size-3.5" aria-hidden />
            Publish
          </Link>
        ) : undefined
      }
    >
      <Needs permission="notifications.read" to="see what was sent">
        <SentTable />
      </Needs>
    </Page>
  );
}

function SentTable() {
  const filter = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const { list, waiting, letIn } = useNotifications(filter);
  const [retracting, setRetracting] = useState<{ items: Notification[]; done(): void } | null>(null);
  const isFiltered = Object.keys(filter).length > 0;
  const set = (change: Partial<typeof filter>) =>
    void navigate({ to: '/notifications', search: { ...filter, ...change }, replace: true });

  return (
    <>
      <DataTable
        name="notifications"
        what="Notifications"
        list={list}
        columns={notificationColumns}
        idOf={(item) => item.id}
        onOpen={(item) => void navigate({ to: '/notifications/$id', params: { id: item.id } })}
        filters={
          <>
            <SearchFilter label="Search titles and texts" value={filter.q} onChange={(q) => set({ q })} />
            <FilterChip
              label="State"
              options={STATE_OPTIONS}
              value={filter.state}
              onChange={(state) => set({ state })}
            />
            <FilterChip label="Sent" options={PERIODS} value={filter.from} onChange={(from) => set({ from })} />
            <TextChip
              label="Category"
              placeholder="any"
              value={filter.category}
              onChange={(category) => set({ category })}
            />
          </>
        }
        news={
          waiting > 0 ? (
            <Button size="small" onClick={letIn} className="self-center rounded-full">
              <ArrowUp className="size-3.5" aria-hidden />
              {waiting} new
            </Button>
          ) : null
        }
        bulk={
          can('notifications.delete')
            ? (items: Notification[], clear: () => void) => (
                <Button size="small" onClick={() => setRetracting({ items, done: clear })}>
                  <Undo2 className="size-3.5" aria-hidden />
                  Retract
                </Button>
              )
            : undefined
        }
        empty={
          isFiltered ? (
            <NothingFits onClear={() => void navigate({ to: '/notifications', search: {} })} />
          ) : (
            <NothingSent />
          )
        }
      />
      <p role="status" className="sr-only">
        {waiting > 0 ? `${waiting} new notifications` : ''}
      </p>
      <RetractDialog
        notifications={retracting?.items ?? []}
        onClose={() => setRetracting(null)}
        onDone={() => {
          retracting?.done();
          setRetracting(null);
        }}
      />
    </>
  );
}

export function NothingFits({ onClear }: { onClear(): void }) {
  return (
    <Empty icon={SearchX} title="Nothing fits these filters" action={<Button onClick={onClear}>Clear filters</Button>}>
      Try fewer words or a wider period.
    </Empty>
  );
}

function NothingSent() {
  const can = useCan();
  const snippets = useSnippets({
    path: '/v1/notify',
    body: { to: 'ada', title: 'Hi', body: 'It works' },
    sdk: "notify({ to: 'ada', title: 'Hi', body: 'It works' })",
  });
  return (
    <Empty
      icon={BellRing}
      title="Nothing was sent yet"
      action={
        can('notifications.create') ? (
          <Link to="/publish" className={buttonClass('primary')}>
            Publish the first
          </Link>
        ) : undefined
      }
      snippets={snippets}
    >
      Here stands everything this workspace sends, with how many have seen and read it.
    </Empty>
  );
}
