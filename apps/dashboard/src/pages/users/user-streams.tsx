import type { Presence, StreamConnection } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import { useCan } from '../../session/use-session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Failed, RowSkeletons } from '../../ui/states.tsx';
import { Count, Time } from '../../ui/time.tsx';
import { useConnections } from '../streams/use-streams.ts';
import { bytesText, CONNECTION_STATES, DELIVERY_KINDS } from '../streams/words.ts';
import { useDeliveriesTo, usePresence } from './use-users.ts';

/** Whether a user is there now, by which connections, and what they were handed. */
export function UserStreams({ id }: { id: string }) {
  const presence = usePresence(id);
  const can = useCan();
  return (
    <div className="grid gap-x-12 gap-y-8 lg:grid-cols-2">
      <section aria-labelledby="presence" className="min-w-0">
        <h2 id="presence" className="flex items-center gap-2 border-b pb-2 text-14">
          Presence
          {presence.data && <Online presence={presence.data} />}
        </h2>
        {presence.error ? (
          <Failed error={presence.error} what="The presence" retry={() => void presence.refetch()} />
        ) : can('streams.read') ? (
          <Connections id={id} />
        ) : (
          <p className="py-4 text-n10">Connections need the permission “streams.read”.</p>
        )}
      </section>
      {can('streams.read') && <Received id={id} />}
    </div>
  );
}

export function Online({ presence: { online, connections, since } }: { presence: Presence }) {
  if (!online)
    return (
      <Badge>
        {since ? (
          <>
            Last seen <Time at={since} />
          </>
        ) : (
          'Not connected'
        )}
      </Badge>
    );
  return (
    <Badge tone="success">
      Online{connections > 1 && `, ${connections} connections`}
      {since && (
        <>
          {' '}
          since <Time at={since} />
        </>
      )}
    </Badge>
  );
}

function Connections({ id }: { id: string }) {
  const list = useConnections();
  if (list.error && list.items.length === 0)
    return <Failed error={list.error} what="The connections" retry={list.retry} />;
  if (list.isLoading) return <RowSkeletons rows={2} />;
  const own = list.items.filter((one) => one.userId === id);
  if (own.length === 0) return <p className="py-4 text-n10">No browser or device of this user is connected.</p>;
  return (
    <ul>
      {own.map((one) => (
        <Connection key={one.id} connection={one} />
      ))}
    </ul>
  );
}

function Connection({
  connection: { transport, state, lag, events, bytes, openedAt },
}: {
  connection: StreamConnection;
}) {
  return (
    <li className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b py-1.5">
      <span className="min-w-0 flex-1 truncate font-medium">{transport}</span>
      <span className="text-12 text-n10">
        <Count value={events} /> events, {bytesText(bytes)}
        {lag > 0 && `, ${lag} behind`}
      </span>
      <Badge tone={CONNECTION_STATES[state].tone}>{CONNECTION_STATES[state].label}</Badge>
      <span className="text-12 text-n10">
        <Time at={openedAt} />
      </span>
    </li>
  );
}

function Received({ id }: { id: string }) {
  const list = useDeliveriesTo(id);
  return (
    <section aria-labelledby="received" className="min-w-0">
      <h2 id="received" className="border-b pb-2 text-14">
        Received
      </h2>
      {list.error && list.items.length === 0 ? (
        <Failed error={list.error} what="What was received" retry={list.retry} />
      ) : list.isLoading ? (
        <RowSkeletons rows={3} />
      ) : list.items.length === 0 ? (
        <p className="py-4 text-n10">Nothing was handed over so far. It may take a minute to stand here.</p>
      ) : (
        <ol>
          {list.items.map((one) => (
            <li
              key={`${one.kind} ${one.connection} ${one.client} ${one.upTo} ${one.at}`}
              className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b py-1.5"
            >
              <span className="min-w-0 flex-1 truncate">
                Up to{' '}
                <Link
                  to="/streams/events/$cursor"
                  params={{ cursor: one.upTo }}
                  className="font-mono text-12 underline underline-offset-2"
                >
                  {one.upTo}
                </Link>
                {one.client && <span className="ml-2 text-12 text-n10">{one.client}</span>}
              </span>
              <span title={DELIVERY_KINDS[one.kind].explained}>
                <Badge tone={DELIVERY_KINDS[one.kind].tone}>{DELIVERY_KINDS[one.kind].label}</Badge>
              </span>
              <span className="text-12 text-n10">
                <Time at={one.at} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {list.hasMore && (
        <Button className="mt-3" onClick={list.loadMore} isBusy={list.isLoadingMore}>
          Load more
        </Button>
      )}
    </section>
  );
}
