import type { Notification } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import type { Column } from '../../table/columns.ts';
import { Badge } from '../../ui/badge.tsx';
import { Count, Time } from '../../ui/time.tsx';
import { audienceText, label, PRIORITY_OPTIONS, priorityTone, STATE_OPTIONS, stateTone } from './words.ts';

export const notificationColumns: readonly Column<Notification>[] = [
  {
    id: 'title',
    header: 'Title',
    isWide: true,
    isFixed: true,
    text: (item) => item.title,
    cell: (item) => (
      <span className="flex items-center gap-2">
        <Link to="/notifications/$id" params={{ id: item.id }} className="min-w-0 truncate rounded-[3px] font-medium">
          {item.title}
        </Link>
        {item.state !== 'published' && <Badge tone={stateTone[item.state]}>{label(STATE_OPTIONS, item.state)}</Badge>}
        {(item.priority === 'high' || item.priority === 'critical') && (
          <Badge tone={priorityTone[item.priority]}>{label(PRIORITY_OPTIONS, item.priority)}</Badge>
        )}
      </span>
    ),
  },
  {
    id: 'audience',
    header: 'To',
    from: 'sm',
    text: (item) => audienceText(item.audience),
    cell: (item) => <span className="block max-w-48 truncate text-n11">{audienceText(item.audience)}</span>,
  },
  {
    id: 'category',
    header: 'Category',
    from: 'xl',
    text: (item) => item.category,
    cell: (item) => <span className="block max-w-36 truncate text-n11">{item.category}</span>,
  },
  {
    id: 'type',
    header: 'Type',
    from: 'xl',
    isHiddenAtFirst: true,
    text: (item) => item.type,
    cell: (item) => <span className="block max-w-36 truncate text-n11">{item.type}</span>,
  },
  {
    id: 'actor',
    header: 'Sent by',
    from: 'xl',
    isHiddenAtFirst: true,
    text: (item) => item.actor.name ?? item.actor.id,
    cell: (item) => <span className="block max-w-36 truncate text-n11">{item.actor.name ?? item.actor.id}</span>,
  },
  {
    id: 'recipients',
    header: 'Delivered',
    from: 'md',
    align: 'right',
    text: (item) => item.stats.recipients,
    cell: (item) => <Count value={item.stats.recipients} />,
  },
  {
    id: 'seen',
    header: 'Seen',
    from: 'md',
    align: 'right',
    text: (item) => item.stats.seen,
    cell: (item) => <Count value={item.stats.seen} />,
  },
  {
    id: 'read',
    header: 'Read',
    from: 'md',
    align: 'right',
    text: (item) => item.stats.read,
    cell: (item) => <Count value={item.stats.read} />,
  },
  {
    id: 'createdAt',
    header: 'Sent',
    align: 'right',
    text: (item) => item.createdAt,
    cell: (item) => (
      <span className="text-n10">
        <Time at={item.createdAt} />
      </span>
    ),
  },
];
