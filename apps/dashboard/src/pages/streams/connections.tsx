import type { StreamConnection } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import { RadioTower } from 'lucide-react';
import { KEY_PLACE, useShownKey } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/states.tsx';
import { Count, Time } from '../../ui/time.tsx';
import { useConnections, useDisconnect } from './use-streams.ts';
import { bytesText, CONNECTION_STATES, streamText } from './words.ts';

const columns: readonly Column<StreamConnection>[] = [
  {
    id: 'user',
    header: 'User',
    isWide: true,
    isFixed: true,
    text: (one) => one.userId ?? '',
    cell: (one) => <Reader connection={one} />,
  },
  {
    id: 'transport',
    header: 'Transport',
    from: 'sm',
    text: (one) => one.transport,
    cell: (one) => <span className="text-n11">{one.transport}</span>,
  },
  {
    id: 'streams',
    header: 'Streams',
    from: 'lg',
    text: (one) => one.streams.join(' '),
    cell: (one) => {
      const words = one.streams.map(streamText).join(', ');
      return (
        <span className="block max-w-52 truncate text-n11" title={words}>
          {words}
        </span>
      );
    },
  },
  {
    id: 'state',
    header: 'State',
    text: (one) => CONNECTION_STATES[one.state].label,
    cell: (one) => <Badge tone={CONNECTION_STATES[one.state].tone}>{CONNECTION_STATES[one.state].label}</Badge>,
  },
  {
    id: 'lag',
    header: 'Lag',
    from: 'md',
    align: 'right',
    text: (one) => one.lag,
    cell: (one) => <Count value={one.lag} />,
  },
  {
    id: 'unacknowledged',
    header: 'Unacked',
    from: 'md',
    align: 'right',
    text: (one) => one.unacknowledged ?? '',
    cell: (one) =>
      one.unacknowledged === null ? <span className="text-n10">–</span> : <Count value={one.unacknowledged} />,
  },
  {
    id: 'events',
    header: 'Events',
    from: 'md',
    align: 'right',
    text: (one) => one.events,
    cell: (one) => <Count value={one.events} />,
  },
  {
    id: 'bytes',
    header: 'Bytes',
    from: 'lg',
    align: 'right',
    text: (one) => one.bytes,
    cell: (one) => bytesText(one.bytes),
  },
  {
    id: 'openedAt',
    header: 'Opened',
    from: 'md',
    align: 'right',
    text: (one) => one.openedAt,
    cell: (one) => (
      <span className="text-n10">
        <Time at={one.openedAt} />
      </span>
    ),
  },
  {
    id: 'node',
    header: 'Node',
    from: 'xl',
    text: (one) => one.node,
    cell: (one) => <code className="block max-w-36 truncate text-n11">{one.node}</code>,
  },
];

function Reader({ connection: { userId } }: { connection: StreamConnection }) {
  const can = useCan();
  if (userId === null) return <span className="text-n10">Nobody in particular</span>;
  return can('users.read') ? (
    <Link to="/users/$id" params={{ id: userId }} className="block truncate rounded-[3px] font-medium">
      {userId}
    </Link>
  ) : (
    <span className="block truncate font-medium">{userId}</span>
  );
}

/** Who is reading now, of all processes. */
export function ConnectionTable() {
  const list = useConnections();
  const can = useCan();
  const disconnect = useDisconnect();
  return (
    <DataTable
      name="connections"
      what="Connections"
      list={list}
      columns={columns}
      idOf={(one) => one.id}
      {...(can('streams.manage')
        ? {
            rowMenu: (one: StreamConnection) => (
              <Button
                size="small"
                aria-label={`Disconnect ${one.userId ?? one.id}`}
                isBusy={disconnect.isPending && disconnect.variables.id === one.id}
                onClick={() => disconnect.mutate(one)}
              >
                Disconnect
              </Button>
            ),
          }
        : {})}
      empty={<Nobody />}
    />
  );
}

function Nobody() {
  const { key } = useShownKey();
  const token = key === KEY_PLACE ? KEY_PLACE.replace('sk', 'ut') : '$TOKEN';
  return (
    <Empty
      icon={RadioTower}
      title="Nobody is reading"
      snippets={[
        {
          name: 'curl',
          code: `curl -N ${location.origin}/v1/stream \\\n  -H "authorization: Bearer ${token}"`,
        },
        {
          name: 'Browser',
          code: `import { createEventStream } from 'pushstream/client';\n\nconst stream = createEventStream({\n  url: '${location.origin}/v1/stream',\n  token: () => fetchUserToken(),\n});\nstream.on('order.shipped', (data) => console.log(data));`,
        },
      ]}
    >
      Each browser or device that holds a stream open stands here, with how far it has read.
    </Empty>
  );
}
