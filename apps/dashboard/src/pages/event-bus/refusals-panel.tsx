import type { EventSource } from '@pulsestack/core';
import { CircleCheck } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/dialog.tsx';
import { Empty, Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { useRefusals } from './use-bus.ts';

/** Messages of a source that made no event, each with its reason. */
export function RefusalsPanel({ source, onClose }: { source: EventSource; onClose(): void }) {
  const list = useRefusals(source.id);
  return (
    <Panel
      isOpen
      onClose={onClose}
      title={`What ${source.name} refused`}
      description={
        <>
          Each is on <code className="break-all">{source.topic}.dead</code> as well, as it came.
        </>
      }
    >
      {list.error ? (
        <Failed error={list.error} what="The refusals" retry={list.retry} />
      ) : list.isLoading ? (
        <RowSkeletons rows={4} />
      ) : list.items.length === 0 ? (
        <Empty icon={CircleCheck} title="Nothing was refused">
          Messages that make no event are listed here, with the reason.
        </Empty>
      ) : (
        <ol className="divide-y">
          {list.items.map((one) => (
            <li key={one.position} className="flex flex-col gap-1.5 py-3 first:pt-0">
              <p className="flex items-baseline justify-between gap-3 text-12 text-n10">
                <span className="min-w-0 truncate">
                  Place <span className="tabular font-mono">{one.position}</span>
                  {one.key && (
                    <>
                      , key <span className="font-mono">{one.key}</span>
                    </>
                  )}
                </span>
                <Time at={one.refusedAt} />
              </p>
              <p className="break-words">{one.reason}</p>
              {one.excerpt && (
                <pre className="max-h-40 overflow-auto rounded-control border bg-n2 px-2.5 py-2 text-12 break-words whitespace-pre-wrap">
                  {one.excerpt}
                </pre>
              )}
            </li>
          ))}
        </ol>
      )}
      {list.hasMore && (
        <Button className="mt-3" onClick={list.loadMore} isBusy={list.isLoadingMore}>
          Load more
        </Button>
      )}
    </Panel>
  );
}
