import type { ScheduleTime } from '@pulsestack/core';
import { TriangleAlert } from 'lucide-react';
import { Time } from '../../ui/time.tsx';
import { HERE } from '../preferences/time-zone-field.tsx';
import { offsetOf, onClock, remarkOf, type ShownFire } from './clock.ts';

const WEEK_MS = 7 * 86_400_000;

/** How far off is worth saying while it is not a date again. */
const isNear = (at: string) => Date.parse(at) - Date.now() < WEEK_MS;

/** Fires to come: on the clock they go by, and on the reader's own where that is another. */
export function FireList({ fires, when, after }: { fires: readonly ShownFire[]; when: ScheduleTime; after: Date }) {
  return (
    <ol className="border-t [&>li:last-child]:border-b-0">
      {fires.map((fire, index) => {
        const before = index === 0 ? after : new Date(fires[index - 1]?.at ?? after);
        const remark = remarkOf(fire, before, when);
        return (
          <li key={fire.at} className="border-b py-2">
            <div className="flex flex-wrap items-baseline justify-between gap-x-3">
              <time dateTime={fire.at} className="font-medium">
                {onClock(fire.at, fire.timeZone)}{' '}
                <span className="text-12 font-normal text-n10">{offsetOf(new Date(fire.at), fire.timeZone)}</span>
              </time>
              <span className="text-12 text-n10">
                {fire.timeZone !== HERE && `${onClock(fire.at, HERE)} here`}
                {fire.timeZone !== HERE && isNear(fire.at) && ' · '}
                {isNear(fire.at) && <Time at={fire.at} />}
              </span>
            </div>
            {remark && (
              <p className="mt-0.5 flex items-start gap-1.5 text-12 text-warning-text">
                <TriangleAlert className="mt-[3px] size-3 shrink-0" aria-hidden />
                {remark}
              </p>
            )}
          </li>
        );
      })}
    </ol>
  );
}
