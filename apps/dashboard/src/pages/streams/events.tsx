import type { LoggedEvent } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ArrowUp, SearchX, Waves } from 'lucide-react';
import { useSnippets } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { TextChip } from '../../table/filters.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { NothingFits } from '../notifications/notifications-page.tsx';
import { useEvents } from './use-streams.ts';
import { EVENT_NAME, streamText } from './words.ts';

const route = getRouteApi('/inside/streams/events');

const columns: readonly Column<LoggedEvent>[] = [
  {
    id: 'name',
    header: 'Event',
    isFixed: true,
    text: (event) => event.name,
    cell: (event) => (
      <Link
        to="/streams/events/$cursor"
        params={{ cursor: event.cursor }}
        className="block max-w-64 truncate rounded-[3px] font-medium max-sm:max-w-44"
      >
        {event.name}
      </Link>
    ),
  },
  {
    id: 'data',
    header: 'Data',
    isWide: true,
    from: 'md',
    text: (event) => JSON.stringify(event.data),
    cell: (event) => <code className="block truncate text-n11">{JSON.stringify(event.data).slice(0, 300)}</code>,
  },
  {
    id: 'stream',
    header: 'Stream',
    from: 'sm',
    text: (event) => event.stream,
    cell: (event) => (
      <span className="block max-w-44 truncate text-n11" title={event.stream}>
        {streamText(event.stream)}
      </span>
    ),
  },
  {
    id: 'tags',
    header: 'Tags',
    from: 'xl',
    isHiddenAtFirst: true,
    text: (event) => tagsText(event.tags),
    cell: (event) => <span className="block max-w-52 truncate text-n11">{tagsText(event.tags)}</span>,
  },
  {
    id: 'at',
    header: 'At',
    align: 'right',
    text: (event) => event.at,
    cell: (event) => (
      <span className="text-n10">
        <Time at={event.at} />
      </span>
    ),
  },
];

export function tagsText(tags: LoggedEvent['tags']): string {
  return Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

/** What is on the log. */
export function EventTable() {
  const filter = route.useSearch();
  const navigate = useNavigate();
  const isWhole = filter.name === undefined || EVENT_NAME.test(filter.name);
  const { list, waiting, letIn } = useEvents(filter, isWhole);
  const set = (change: { stream?: string | undefined; name?: string | undefined }) =>
    void navigate({ to: '/streams/events', search: { ...filter, ...change }, replace: true });
  return (
    <>
      <DataTable
        name="events"
        what="Events"
        list={list}
        columns={columns}
        idOf={(event) => event.cursor}
        onOpen={(event) => void navigate({ to: '/streams/events/$cursor', params: { cursor: event.cursor } })}
        filters={
          <>
            <TextChip
              label="Event"
              placeholder="any, such as order.shipped"
              value={filter.name}
              onChange={(name) => set({ name })}
            />
            <TextChip
              label="Stream"
              placeholder="any, such as u.ada"
              value={filter.stream}
              onChange={(stream) => set({ stream })}
            />
          </>
        }
        news={
          waiting > 0 ? (
            <Button size="small" onClick={letIn} className="self-center rounded-full">
              <ArrowUp className="size-3.5" aria-hidden />
              {newText(waiting)}
            </Button>
          ) : null
        }
        empty={
          !isWhole ? (
            <HalfAName />
          ) : filter.name !== undefined || filter.stream !== undefined ? (
            <NothingFits onClear={() => void navigate({ to: '/streams/events', search: {} })} />
          ) : (
            <NoEvents />
          )
        }
      />
      <p role="status" className="sr-only">
        {waiting > 0 ? `${newText(waiting)} events` : ''}
      </p>
    </>
  );
}

const ASKED = 100;

function newText(waiting: number): string {
  return waiting >= ASKED ? `${ASKED}+ new` : `${waiting} new`;
}

function HalfAName() {
  return (
    <Empty icon={SearchX} title="This is not the name of an event yet">
      A name is written as domain.action, such as <code>order.shipped</code>, and is looked for as a whole.
    </Empty>
  );
}

function NoEvents() {
  const can = useCan();
  const body = { to: { user: 'ada' }, name: 'order.shipped', data: { id: '7' } };
  const snippets = useSnippets({
    path: '/v1/stream/events',
    body,
    sdk: "streams.publish({ to: { user: 'ada' }, name: 'order.shipped', data: { id: '7' } })",
  });
  return (
    <Empty
      icon={Waves}
      title="Nothing is on the log yet"
      action={
        can('streams.manage') ? (
          <Link to="/streams/send" className={buttonClass('primary')}>
            Send an event
          </Link>
        ) : undefined
      }
      snippets={snippets}
    >
      Every event that readers receive is kept here for a while, with who received it.
    </Empty>
  );
}
