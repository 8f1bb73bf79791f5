import type { Cadence, Channel, QuietHours } from '@pulsestack/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { preferences } from '../../api/preferences.ts';
import { SelectField } from '../../ui/select.tsx';
import { Time } from '../../ui/time.tsx';
import { CHANNELS, channelName } from '../messages/words.ts';
import { onClock } from '../schedules/clock.ts';
import { FireList } from '../schedules/fire-list.tsx';
import { usePreview } from '../schedules/use-preview.ts';
import { checkWhen, draftOfWhen, whenOf } from '../schedules/when.ts';
import { WhenFields } from '../schedules/when-fields.tsx';
import { CadenceFields } from './cadence-fields.tsx';
import { DayStrip } from './day-strip.tsx';
import { QuietHoursFields } from './quiet-hours-fields.tsx';
import { checkZone, HERE, TimeZoneField } from './time-zone-field.tsx';
import { InstantField, instantOf, TryFrame } from './try-frame.tsx';
import { useSettled } from './use-settled.ts';

/** A question that is asked anew once its writing rests. */
function useAnswer<Body, Data>(name: string, body: Body | null, ask: (body: Body) => Promise<Data>) {
  const settled = useSettled(body === null ? null : JSON.stringify(body));
  return useQuery({
    queryKey: ['preferences', 'try', name, settled],
    queryFn: async () => {
      const asked = JSON.parse(settled ?? '') as Body;
      return { asked, at: new Date(), ...(await ask(asked)) };
    },
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

function useClock(label: string) {
  const [timeZone, setTimeZone] = useState(HERE);
  const [at, setAt] = useState('');
  const fault = timeZone.trim() === '' ? 'Enter a time zone such as Europe/Berlin' : checkZone(timeZone);
  const zone = (
    <TimeZoneField
      className="min-w-52 flex-1"
      field={{ name: 'timeZone', value: timeZone, error: fault, change: setTimeZone, blur() {} }}
    />
  );
  return {
    zone,
    instant: <InstantField label={label} value={at} onChange={setAt} />,
    timeZone: fault ? null : timeZone.trim(),
    at,
  };
}

export function TryQuietHours() {
  const { zone, instant, timeZone, at } = useClock('Sent at');
  const [quietHours, setQuietHours] = useState<QuietHours[]>([{ start: '22:00', end: '07:00', mode: 'hold' }]);
  const [channel, setChannel] = useState<Channel>('email');
  const answer = useAnswer(
    'quiet-hours',
    timeZone === null ? null : { quietHours, channel, timeZone, ...instantOf(at) },
    preferences.tryQuietHours,
  );
  return (
    <TryFrame
      about="Is it quiet at an instant, and until when? Where two windows want different things, the stricter one is obeyed."
      answer={answer}
      question={
        <>
          <QuietHoursFields value={quietHours} onChange={setQuietHours} />
          <div className="flex flex-wrap items-start gap-4">
            <SelectField
              label="Channel"
              className="min-w-40 flex-1"
              options={CHANNELS.map((value) => ({ value, label: channelName(value) }))}
              value={channel}
              onChange={(next) => setChannel(next)}
            />
            {zone}
            {instant}
          </div>
        </>
      }
    >
      {({ asked, at: now, quiet, mode, until }) => (
        <div className="flex flex-col gap-6">
          <Points
            points={[
              {
                at: asked.at ?? now.toISOString(),
                zone: asked.timeZone,
                words: quiet ? (MODES[mode ?? ''] ?? 'It is quiet') : 'It is not quiet; the message goes',
              },
              ...(quiet && until ? [{ at: until, zone: asked.timeZone, words: 'Quiet hours end' }] : []),
            ]}
          />
          <DayStrip windows={asked.quietHours} />
        </div>
      )}
    </TryFrame>
  );
}

const MODES: Record<string, string> = {
  hold: 'It is quiet; the message waits',
  drop: 'It is quiet; the message is dropped',
  in_app_only: 'It is quiet; only the inbox gets the message',
};

export function TryDigest() {
  const { zone, instant, timeZone, at } = useClock('Happens at');
  const [cadence, setCadence] = useState<Cadence>({ every: 'daily', at: '08:00' });
  const answer = useAnswer(
    'digest',
    timeZone === null ? null : { cadence, timeZone, ...instantOf(at) },
    preferences.tryDigest,
  );
  return (
    <TryFrame
      about="In which digest would an event be that happens at an instant?"
      answer={answer}
      question={
        <>
          <CadenceFields label="The user reads" value={cadence} onChange={setCadence} />
          <div className="flex flex-wrap items-start gap-4">
            {zone}
            {instant}
          </div>
        </>
      }
    >
      {({ asked, at: now, digest, until }) => (
        <Points
          points={[
            {
              at: asked.at ?? now.toISOString(),
              zone: asked.timeZone,
              words: digest ? 'It happens, and waits for the digest' : 'It happens, and is sent at once',
            },
            ...(digest && until ? [{ at: until, zone: asked.timeZone, words: 'The digest goes out' }] : []),
          ]}
        />
      )}
    </TryFrame>
  );
}

export function TrySchedule() {
  const { zone, instant, timeZone, at } = useClock('After');
  const [when, setWhen] = useState(() => draftOfWhen(undefined));
  const fault = checkWhen(when);
  const answer = usePreview(
    timeZone === null || fault !== undefined
      ? null
      : { when: whenOf(when), timeZone, startsAt: instantOf(at).at ?? null, endsAt: null },
  );
  return (
    <TryFrame
      about="When does a schedule fire? Try the nights in which clocks change: what a gap swallows comes after it, what comes twice counts once."
      answer={answer}
      question={
        <>
          <WhenFields field={{ name: 'when', value: when, error: fault, change: setWhen, blur() {} }} />
          <div className="flex flex-wrap items-start gap-4">
            {zone}
            {instant}
          </div>
        </>
      }
    >
      {({ asked, after, fires }) =>
        fires.length === 0 ? (
          <p className="text-n10">It never fires after that.</p>
        ) : (
          <FireList fires={fires} when={asked.when} after={after} />
        )
      }
    </TryFrame>
  );
}

interface Point {
  at: string;
  zone: string;
  words: ReactNode;
}

/** Instants along a line in time, on the clock that is asked about. */
function Points({ points }: { points: readonly Point[] }) {
  return (
    <ol className="flex flex-col rounded-card border p-4">
      {points.map(({ at, zone, words }, index) => (
        <li key={`${at} ${index}`} className="relative flex gap-3 pb-5 last:pb-0">
          {index < points.length - 1 && (
            <span aria-hidden className="absolute top-4 bottom-0 left-[4.5px] w-px bg-n6" />
          )}
          <span aria-hidden className="mt-[5px] size-2.5 shrink-0 rounded-full border-2 border-n11 bg-n11" />
          <div className="min-w-0">
            <p className="font-medium">{words}</p>
            <p className="text-12 text-n10">
              {onClock(at, zone)} in {zone} · <Time at={at} />
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}
