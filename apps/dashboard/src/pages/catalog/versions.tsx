import type { EventTypeVersion } from '@pulsestack/core';
import { ChevronRight } from 'lucide-react';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Json } from '../../ui/json-field.tsx';
import { Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { ChangeText } from './change-text.tsx';
import { useVersions } from './use-catalog.ts';

/** What each version changed, the newest first. */
export function Versions({ name }: { name: string }) {
  return (
    <section aria-labelledby="versions">
      <h2 id="versions" className="mb-2 text-14">
        Versions
      </h2>
      <VersionList name={name} />
    </section>
  );
}

function VersionList({ name }: { name: string }) {
  const list = useVersions(name);
  if (list.error && list.items.length === 0)
    return <Failed error={list.error} what="The versions" retry={list.retry} />;
  if (list.isLoading) return <RowSkeletons rows={3} />;
  return (
    <>
      <ol className="border-t">
        {list.items.map((version) => (
          <Version key={version.version} version={version} />
        ))}
      </ol>
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

function Version({ version: { version, changes, schema, createdAt, createdBy } }: { version: EventTypeVersion }) {
  return (
    <li className="border-b py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <h3 className="text-13 font-medium">Version {version}</h3>
        <span className="min-w-0 text-12 text-n10">
          <Time at={createdAt} /> by <span className="font-mono">{createdBy.slice(createdBy.indexOf(':') + 1)}</span>
        </span>
      </div>
      {changes.length === 0 ? (
        <p className="mt-1 text-n11">{version === 1 ? 'Declared' : 'Nothing changed for readers'}</p>
      ) : (
        <ul className="mt-1.5 flex flex-col gap-1.5">
          {changes.map((change) => (
            <li key={`${change.path} ${change.sentence}`} className="flex items-start gap-2">
              <span className="flex w-20 shrink-0">
                <Badge tone={change.breaking ? 'danger' : 'success'}>{change.breaking ? 'Breaking' : 'Safe'}</Badge>
              </span>
              <span className="min-w-0 text-n11">
                <ChangeText path={change.path} sentence={change.sentence} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <details className="group mt-2">
        <summary className="flex w-fit list-none items-center gap-1 rounded-[3px] text-12 text-n10 hover:text-n12 [&::-webkit-details-marker]:hidden">
          <ChevronRight className="size-3.5 transition-transform duration-100 group-open:rotate-90" aria-hidden />
          Schema of version {version}
        </summary>
        <div className="mt-2">
          <Json value={schema} label={`Schema of version ${version}`} />
        </div>
      </details>
    </li>
  );
}
