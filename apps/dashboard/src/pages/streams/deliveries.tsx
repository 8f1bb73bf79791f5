import { Link } from '@tanstack/react-router';
import { useCan } from '../../session/use-session.ts';
import { Avatar, Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { useDeliveries } from './use-streams.ts';
import { DELIVERY_KINDS } from './words.ts';

/** Who was handed an event, and who said that it has arrived. */
export function Deliveries({ cursor }: { cursor: string }) {
  return (
    <section aria-labelledby="deliveries">
      <h2 id="deliveries" className="mb-2 text-14">
        Received by
      </h2>
      <DeliveryList cursor={cursor} />
    </section>
  );
}

function DeliveryList({ cursor }: { cursor: string }) {
  const list = useDeliveries(cursor);
  const can = useCan();
  if (list.error && list.items.length === 0)
    return <Failed error={list.error} what="Who received it" retry={list.retry} />;
  if (list.isLoading) return <RowSkeletons rows={3} />;
  if (list.items.length === 0)
    return (
      <p className="max-w-reading py-4 text-n11">
        Nobody has received it so far. Who reads its stream later, and has not forgotten where they were, still gets it.
      </p>
    );
  return (
    <>
      <ul className="border-t">
        {list.items.map((one) => (
          <li
            key={`${one.kind} ${one.connection} ${one.client} ${one.upTo} ${one.at}`}
            className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b py-1.5"
          >
            <Avatar name={one.userId ?? '?'} size={20} />
            <span className="min-w-0 flex-1 truncate">
              {one.userId !== null && can('users.read') ? (
                <Link to="/users/$id" params={{ id: one.userId }} className="rounded-[3px] font-medium hover:underline">
                  {one.userId}
                </Link>
              ) : (
                (one.userId ?? 'Nobody in particular')
              )}
              {one.client && <span className="ml-2 text-12 text-n10">{one.client}</span>}
            </span>
            <span title={DELIVERY_KINDS[one.kind].explained}>
              <Badge tone={DELIVERY_KINDS[one.kind].tone}>{DELIVERY_KINDS[one.kind].label}</Badge>
            </span>
            <span className="w-20 text-right text-12 text-n10">
              <Time at={one.at} />
            </span>
          </li>
        ))}
      </ul>
      {list.hasMore && (
        <div className="flex justify-center pt-4">
          <Button onClick={list.loadMore} isBusy={list.isLoadingMore}>
            Load more
          </Button>
        </div>
      )}
    </>
  );
}
