import type { Cadence, PreferenceChange } from '@pulsestack/core';
import { Button } from '../../ui/button.tsx';
import { Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { cadenceText } from '../preferences/words.ts';
import { usePreferenceHistory } from './use-user-preferences.ts';

const SOURCES: Record<PreferenceChange['source'], string> = {
  api: 'by the API or the dashboard',
  inbox: 'in the inbox',
  page: 'on the preference page',
  unsubscribe: 'by unsubscribing',
};

const ACTORS: Record<PreferenceChange['actor']['kind'], string> = {
  member: 'Member',
  key: 'API key',
  user: 'The user',
  system: 'PulseStack',
};

/** Who changed what, and when. */
export function PreferenceHistory({ id }: { id: string }) {
  const list = usePreferenceHistory(id);
  return (
    <section aria-labelledby="history">
      <h2 id="history" className="border-b pb-2 text-14">
        History
      </h2>
      {list.error && list.items.length === 0 ? (
        <Failed error={list.error} what="The history" retry={list.retry} />
      ) : list.isLoading ? (
        <RowSkeletons rows={3} />
      ) : list.items.length === 0 ? (
        <p className="py-4 text-n10">Nothing was ever chosen.</p>
      ) : (
        <ol>
          {list.items.map(({ id: entry, at, actor, source, changes }) => (
            <li key={entry} className="border-b py-2.5">
              <div className="flex flex-wrap items-baseline justify-between gap-x-3 text-12 text-n10">
                <span className="min-w-0">
                  {ACTORS[actor.kind]}
                  {actor.kind !== 'user' && <code className="ml-1.5">{actor.id}</code>} {SOURCES[source]}
                </span>
                <Time at={at} />
              </div>
              <ul className="mt-1 flex flex-col gap-0.5">
                {changes.map(({ path, from, to }) => (
                  <li key={path} className="text-n11">
                    <code className="text-n12">{path.slice(1).replaceAll('/', ' › ')}</code>: {said(from)} →{' '}
                    <span className="text-n12">{said(to)}</span>
                  </li>
                ))}
              </ul>
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

const INSTANT = /^\d{4}-\d\d-\d\dT/;
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

function said(value: PreferenceChange['changes'][number]['to']): string {
  if (value === null) return 'nothing';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return INSTANT.test(value) ? exact.format(new Date(value)) : value;
  if (typeof value === 'object' && 'every' in value) return cadenceText(value as Cadence);
  return JSON.stringify(value);
}
