import { Link } from '@tanstack/react-router';
import { Inbox } from 'lucide-react';
import { Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { linkClass } from '../account/frame.tsx';
import { ReadShare } from '../notifications/read-share.tsx';
import { audienceText } from '../notifications/words.ts';
import { useNewest } from './use-newest.ts';

export function Newest() {
  const { data, error, isPending, refetch } = useNewest();
  return (
    <section aria-labelledby="newest">
      <div className="flex items-baseline justify-between border-b pb-2">
        <h3 id="newest" className="text-14">
          Newest
        </h3>
        <Link to="/notifications" className={linkClass}>
          All notifications
        </Link>
      </div>
      {error ? (
        <Failed error={error} what="The newest notifications" retry={() => void refetch()} />
      ) : isPending ? (
        <RowSkeletons rows={4} />
      ) : data.items.length === 0 ? (
        <p className="flex items-center gap-2 py-6 text-n11">
          <Inbox className="size-4" aria-hidden />
          Nothing was sent from this workspace yet.
        </p>
      ) : (
        <ul>
          {data.items.map((item) => (
            <li key={item.id} className="relative flex h-11 items-center gap-4 border-b hover:bg-n2">
              <Link
                to="/notifications/$id"
                params={{ id: item.id }}
                className="min-w-0 flex-1 truncate font-medium -outline-offset-2 after:absolute after:inset-0"
              >
                {item.title}
              </Link>
              <span className="w-44 shrink-0 truncate text-n11 max-sm:hidden">{audienceText(item.audience)}</span>
              <span className="w-28 shrink-0 max-sm:hidden">
                <ReadShare stats={item.stats} />
              </span>
              <span className="w-16 shrink-0 text-right text-n10">
                <Time at={item.createdAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
