import type { Preferences, PreferencesPatch } from '@pulsestack/core';
import { Link2 } from 'lucide-react';
import { useState } from 'react';
import { useCan } from '../../session/use-session.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, RowSkeletons } from '../../ui/states.tsx';
import { LinkDialog } from './link-dialog.tsx';
import { PreferenceHistory } from './preference-history.tsx';
import { Silence } from './silence.tsx';
import { useChangePreferences, useUserPreferences } from './use-user-preferences.ts';
import { ValueTables } from './value-tables.tsx';

/** What a user has chosen and what holds for them, changed in their place where they ask for it. */
export function UserPreferences({ id }: { id: string }) {
  const { data, error, refetch } = useUserPreferences(id);
  const change = useChangePreferences(id);
  const mayWrite = useCan()('preferences.write');
  if (error) return <Failed error={error} what="The preferences" retry={() => void refetch()} />;
  if (!data) return <RowSkeletons rows={8} />;
  const put = mayWrite ? (patch: PreferencesPatch) => change.mutate(patch) : undefined;
  return (
    <div className="flex flex-col gap-8">
      <Head id={id} preferences={data} put={put} />
      <ValueTables preferences={data} put={put} />
      <Consents preferences={data} put={put} />
      <Silence preferences={data} put={put} />
      <PreferenceHistory id={id} />
    </div>
  );
}

export type Put = ((patch: PreferencesPatch) => void) | undefined;

function Head({ id, preferences, put }: { id: string; preferences: Preferences; put: Put }) {
  const [isLinking, setLinking] = useState(false);
  const isOff = preferences.all === false;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <p className="max-w-reading text-n11">
        {isOff
          ? 'The user has turned everything off; only what is chosen in particular, forced or critical still goes.'
          : `Every value as it works now. ${put ? 'What you change here counts as a choice of the user and stands in the history.' : ''}`}
      </p>
      {put && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => put({ all: isOff ? null : false })}>
            {isOff ? 'Take “everything off” back' : 'Turn everything off'}
          </Button>
          <Button onClick={() => setLinking(true)}>
            <Link2 className="size-3.5" aria-hidden />
            Preference page
          </Button>
        </div>
      )}
      {isLinking && <LinkDialog id={id} onClose={() => setLinking(false)} />}
    </div>
  );
}

function Consents({ preferences, put }: { preferences: Preferences; put: Put }) {
  const given = new Map(
    preferences.categories.flatMap(({ consent }) => (consent ? [[consent.purpose, consent] as const] : [])),
  );
  if (given.size === 0) return null;
  return (
    <section aria-labelledby="consents">
      <h2 id="consents" className="border-b pb-2 text-14">
        Consent
      </h2>
      <ul>
        {[...given.values()].map(({ purpose, granted, at }) => (
          <li key={purpose} className="flex min-h-11 flex-wrap items-center gap-3 border-b py-1.5">
            <code className="min-w-0 flex-1 truncate">{purpose}</code>
            <span className="text-12 text-n10">
              {at === null ? 'Never asked' : `${granted ? 'Agreed' : 'Refused'} on ${at.slice(0, 10)}`}
            </span>
            {put && (
              <Button size="small" onClick={() => put({ consents: { [purpose]: !granted } })}>
                {granted ? 'Withdraw' : 'Record consent'}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
