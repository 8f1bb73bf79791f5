import { useState } from 'react';
import { Notice } from '../../ui/notice.tsx';
import { SelectField } from '../../ui/select.tsx';
import { BlockSkeleton } from '../../ui/states.tsx';
import { checkZone, HERE } from '../preferences/time-zone-field.tsx';
import { FireList } from './fire-list.tsx';
import { usePreview } from './use-preview.ts';
import { goesByUsers, type ScheduleValues } from './use-schedule-form.ts';
import { useZones } from './use-schedules.ts';
import { checkWhen, whenOf } from './when.ts';

/** The next fires of what stands in the form. */
export function Preview({ values }: { values: ScheduleValues }) {
  const { when, timeZone, startsAt, endsAt } = values;
  const isZone = checkZone(timeZone) === undefined && timeZone.trim() !== '';
  const zones = useZones(isZone ? timeZone.trim() : HERE);
  const [looked, setLooked] = useState<string | null>(null);
  const byUsers = goesByUsers(values);
  const zone = byUsers && looked !== null && zones.includes(looked) ? looked : (zones[0] ?? HERE);
  const isComplete = checkWhen(when) === undefined && isZone;
  const { data, error, isPending } = usePreview(
    isComplete
      ? {
          when: whenOf(when),
          timeZone: zone,
          startsAt: startsAt === '' ? null : new Date(startsAt).toISOString(),
          endsAt: endsAt === '' ? null : new Date(endsAt).toISOString(),
        }
      : null,
  );
  return (
    <section aria-labelledby="next" className="flex flex-col gap-3 rounded-card border p-4">
      <h3 id="next" className="text-13 font-medium">
        Next fires
      </h3>
      {byUsers && (
        <SelectField
          label="By the clock of"
          options={zones.map((one) => ({ value: one, label: one === HERE ? `${one} (yours)` : one }))}
          value={zone}
          onChange={setLooked}
          help="Zones that users of yours live in."
        />
      )}
      <div aria-live="polite">
        {!isComplete ? (
          <p className="text-n10">They stand here as soon as the time is complete.</p>
        ) : error ? (
          <Notice tone="warning">{error.message}</Notice>
        ) : isPending ? (
          <BlockSkeleton lines={5} />
        ) : data.fires.length === 0 ? (
          <Notice tone="warning">It never fires: its time is over, or its end comes before it.</Notice>
        ) : (
          <FireList fires={data.fires} when={data.asked.when} after={data.after} />
        )}
      </div>
    </section>
  );
}
