import type { Schedule, ScheduleFire } from '@pulsestack/core';
import { useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { BlockSkeleton, Failed, RowSkeletons } from '../../ui/states.tsx';
import { Count, Time } from '../../ui/time.tsx';
import { HERE } from '../preferences/time-zone-field.tsx';
import { useSettled } from '../preferences/use-settled.ts';
import { onClock } from './clock.ts';
import { FireList } from './fire-list.tsx';
import { useFires, useUpcoming } from './use-schedules.ts';
import { FIRE_STATES } from './words.ts';

/** What comes next, for everyone or on the clock of one user. */
export function Upcoming({ schedule }: { schedule: Schedule }) {
  const [typed, setTyped] = useState('');
  const user = useSettled(typed.trim());
  const { data, error, isPending, refetch } = useUpcoming(schedule.id, user === '' ? undefined : user);
  const isUnknown = error instanceof ApiError && (error.status === 404 || error.status === 400) && user !== '';
  const byUsers = schedule.inUserZone && schedule.state === 'active';
  return (
    <section aria-labelledby="next" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <h2 id="next" className="text-14">
          Next fires
        </h2>
        {byUsers && (
          <TextField
            label="On the clock of a user"
            placeholder="Id of a user"
            autoComplete="off"
            className="w-56"
            field={{
              name: 'user',
              value: typed,
              error: isUnknown ? 'There is no such user' : undefined,
              change: setTyped,
              blur() {},
            }}
          />
        )}
      </div>
      {schedule.state !== 'active' ? (
        <p className="text-n10">{SILENT[schedule.state]}</p>
      ) : isUnknown ? (
        <p className="text-n10">Enter the id of a user you know.</p>
      ) : error ? (
        <Failed error={error} what="The next fires" retry={() => void refetch()} />
      ) : isPending ? (
        <BlockSkeleton lines={5} />
      ) : data.items.length === 0 ? (
        <p className="text-n10">None: its end comes first.</p>
      ) : (
        <FireList fires={data.items} when={schedule.when} after={new Date(schedule.lastFireAt ?? schedule.createdAt)} />
      )}
      {byUsers && user === '' && schedule.nextFireAt && (
        <p className="text-12 text-n10">
          By the clock of those without a zone ({schedule.timeZone}). Somewhere it fires first{' '}
          <Time at={schedule.nextFireAt} />.
        </p>
      )}
    </section>
  );
}

const SILENT: Record<Exclude<Schedule['state'], 'active'>, string> = {
  paused: 'It is paused. What would have fired meanwhile is not made up for.',
  done: 'It has fired for the last time.',
  cancelled: 'It was cancelled and never fires again.',
};

/** What has fired, and with which result. */
export function PastFires({ schedule }: { schedule: Schedule }) {
  const list = useFires(schedule.id);
  return (
    <section aria-labelledby="past">
      <h2 id="past" className="border-b pb-2 text-14">
        Past fires
      </h2>
      {list.error && list.items.length === 0 ? (
        <Failed error={list.error} what="Past fires" retry={list.retry} />
      ) : list.isLoading ? (
        <RowSkeletons rows={3} />
      ) : list.items.length === 0 ? (
        <p className="py-4 text-n10">It has not fired yet.</p>
      ) : (
        <ol>
          {list.items.map((fire) => (
            <PastFire key={`${fire.fireAt} ${fire.timeZone}`} fire={fire} />
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

function PastFire({ fire: { fireAt, timeZone, state, covers, recipients, error } }: { fire: ScheduleFire }) {
  return (
    <li className="border-b py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <time dateTime={fireAt} className="min-w-0 flex-1 font-medium">
          {onClock(fireAt, timeZone)}
          {timeZone !== HERE && <span className="ml-2 text-12 font-normal text-n10">{timeZone}</span>}
        </time>
        {recipients !== null && (
          <span className="text-12 text-n10">
            <Count value={recipients} /> {recipients === 1 ? 'user' : 'users'}
          </span>
        )}
        <Badge tone={FIRE_STATES[state].tone}>{FIRE_STATES[state].label}</Badge>
      </div>
      {covers > 1 && (
        <p className="text-12 text-n10">
          Stands for {covers} fires, {covers - 1} of which were missed.
        </p>
      )}
      {error && <p className="mt-0.5 text-12 break-words text-danger-text">{error}</p>}
    </li>
  );
}
