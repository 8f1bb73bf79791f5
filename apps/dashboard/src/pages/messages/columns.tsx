import type { Message } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import type { Column } from '../../table/columns.ts';
import { Badge } from '../../ui/badge.tsx';
import { Time } from '../../ui/time.tsx';
import { channelName, stateName, stateTone } from './words.ts';

export const messageColumns: readonly Column<Message>[] = [
  {
    id: 'subject',
    header: 'Message',
    isWide: true,
    isFixed: true,
    text: (message) => message.subject ?? '',
    cell: (message) => (
      <span className="block min-w-0 max-xl:py-1.5">
        <Link
          to="/messages/$id"
          params={{ id: message.id }}
          dir="auto"
          className="block truncate rounded-[3px] text-left font-medium"
        >
          {message.subject ?? <span className="text-n10">{channelName(message.channel)} without a subject</span>}
        </Link>
        <span className={clsx('block truncate text-12 text-n10', message.sentence ? 'xl:hidden' : 'md:hidden')}>
          <span className="md:hidden">{message.userId} · </span>
          {message.sentence ?? channelName(message.channel)}
        </span>
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    text: (message) => stateName(message.state),
    cell: (message) => (
      <span title={message.sentence ?? undefined}>
        <Badge tone={stateTone[message.state]}>{stateName(message.state)}</Badge>
      </span>
    ),
  },
  {
    id: 'why',
    header: 'Why',
    from: 'xl',
    text: (message) => message.sentence ?? '',
    cell: (message) => <span className="block max-w-80 truncate text-n11">{message.sentence}</span>,
  },
  {
    id: 'channel',
    header: 'Channel',
    from: 'sm',
    text: (message) => channelName(message.channel),
    cell: (message) => <span className="text-n11">{channelName(message.channel)}</span>,
  },
  {
    id: 'user',
    header: 'User',
    from: 'md',
    text: (message) => message.userId,
    cell: (message) => <span className="block max-w-40 truncate text-n11">{message.userId}</span>,
  },
  {
    id: 'workflow',
    header: 'Workflow',
    from: 'lg',
    text: (message) => message.workflow ?? '',
    cell: (message) => <span className="block max-w-40 truncate text-n11">{message.workflow}</span>,
  },
  {
    id: 'createdAt',
    header: 'Made',
    align: 'right',
    text: (message) => message.createdAt,
    cell: (message) => (
      <span className="text-n10">
        <Time at={message.createdAt} />
      </span>
    ),
  },
];
