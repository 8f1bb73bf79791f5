import type { Message } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { CircleHelp, MessagesSquare, Waypoints } from 'lucide-react';
import { useCan } from '../../session/use-session.ts';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { FilterChip } from '../../table/filters.tsx';
import { Badge } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { useMessages } from '../messages/use-messages.ts';
import { CHANNEL_OPTIONS, channelName, STATE_OPTIONS, stateName, stateTone } from '../messages/words.ts';
import { NothingFits } from '../notifications/notifications-page.tsx';

const route = getRouteApi('/inside/users/$id');

const columns: readonly Column<Message>[] = [
  {
    id: 'subject',
    header: 'Message',
    isWide: true,
    isFixed: true,
    text: (message) => message.subject ?? '',
    cell: (message) => (
      <span className="block min-w-0 py-1.5">
        <Link to="/messages/$id" params={{ id: message.id }} className="block truncate rounded-[3px] font-medium">
          {message.subject ?? `${channelName(message.channel)} of ${message.workflow ?? message.category}`}
        </Link>
        {message.sentence && <span className="line-clamp-2 text-12 text-n11">{message.sentence}</span>}
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    text: (message) => stateName(message.state),
    cell: (message) => <Badge tone={stateTone[message.state]}>{stateName(message.state)}</Badge>,
  },
  {
    id: 'why',
    header: 'Why',
    isHiddenAtFirst: true,
    from: 'lg',
    text: (message) => message.reason ?? '',
    cell: (message) => <code className="text-n11">{message.reason}</code>,
  },
  {
    id: 'channel',
    header: 'Channel',
    from: 'sm',
    text: (message) => channelName(message.channel),
    cell: (message) => <span className="text-n11">{channelName(message.channel)}</span>,
  },
  {
    id: 'workflow',
    header: 'Workflow',
    from: 'lg',
    text: (message) => message.workflow ?? '',
    cell: (message) => <span className="block max-w-40 truncate text-n11">{message.workflow ?? '–'}</span>,
  },
  {
    id: 'createdAt',
    header: 'Made',
    from: 'sm',
    align: 'right',
    text: (message) => message.createdAt,
    cell: (message) => (
      <span className="text-n10">
        <Time at={message.createdAt} />
      </span>
    ),
  },
];

/** What was sent to a user and what was not, with the reason. */
export function UserMessages({ id }: { id: string }) {
  const { state, channel } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const filter = { ...(state ? { state } : {}), ...(channel ? { channel } : {}) };
  const list = useMessages({ user: id, ...filter });
  const set = (change: { state?: string | undefined; channel?: string | undefined }) =>
    void navigate({
      to: '/users/$id',
      params: { id },
      search: { tab: 'messages', state, channel, ...change },
      replace: true,
    });
  return (
    <DataTable
      name="user-messages"
      what="Messages"
      list={list}
      columns={columns}
      idOf={(message) => message.id}
      onOpen={(message) => void navigate({ to: '/messages/$id', params: { id: message.id } })}
      filters={
        <>
          <FilterChip label="State" options={STATE_OPTIONS} value={state} onChange={(next) => set({ state: next })} />
          <FilterChip
            label="Channel"
            options={CHANNEL_OPTIONS}
            value={channel}
            onChange={(next) => set({ channel: next })}
          />
          {can('workflows.read') && (
            <Link to="/runs" search={{ user: id }} className={buttonClass('ghost')}>
              <Waypoints className="size-3.5" aria-hidden />
              Runs
            </Link>
          )}
          <WhyNot id={id} />
        </>
      }
      empty={
        Object.keys(filter).length > 0 ? (
          <NothingFits onClear={() => set({ state: undefined, channel: undefined })} />
        ) : (
          <Empty icon={MessagesSquare} title="No messages yet" action={<WhyNot id={id} />}>
            Every message of a workflow to this user stands here, also what was not sent, with the reason.
          </Empty>
        )
      }
    />
  );
}

function WhyNot({ id }: { id: string }) {
  return (
    <Link to="/explain" search={{ user: id }} className={buttonClass('ghost')}>
      <CircleHelp className="size-3.5" aria-hidden />
      What would happen now?
    </Link>
  );
}
