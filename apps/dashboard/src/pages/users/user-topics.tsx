import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useCan } from '../../session/use-session.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Failed, RowSkeletons } from '../../ui/states.tsx';
import { Count } from '../../ui/time.tsx';
import { useUnsubscribe } from '../topics/use-topics.ts';
import { useTopicsOf } from './use-users.ts';

export function UserTopics({ id }: { id: string }) {
  const list = useTopicsOf(id);
  const can = useCan();
  const unsubscribe = useUnsubscribe();
  return (
    <section aria-labelledby="topics" className="min-w-0">
      <h2 id="topics" className="border-b pb-2 text-14">
        Topics
      </h2>
      {list.error && list.items.length === 0 ? (
        <Failed error={list.error} what="The topics" retry={list.retry} />
      ) : list.isLoading ? (
        <RowSkeletons rows={3} />
      ) : list.items.length === 0 ? (
        <p className="py-4 text-n10">Subscribed to none.</p>
      ) : (
        <ul>
          {list.items.map((topic) => (
            <li key={topic.key} className="flex h-10 items-center gap-3 border-b">
              <Link
                to="/topics/$key"
                params={{ key: topic.key }}
                className="min-w-0 flex-1 truncate rounded-[3px] font-medium hover:underline"
              >
                {topic.name ?? topic.key}
              </Link>
              <span className="text-12 text-n10">
                <Count value={topic.subscribers} /> subscribed
              </span>
              {can('topics.write') && (
                <IconButton
                  label={`Unsubscribe from ${topic.key}`}
                  onClick={() => unsubscribe.mutate({ key: topic.key, users: [id] })}
                >
                  <X className="size-3.5" aria-hidden />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {list.hasMore && (
        <Button className="mt-3" onClick={list.loadMore} isBusy={list.isLoadingMore}>
          Load more
        </Button>
      )}
    </section>
  );
}
