import type { QuietHours } from '@pulsestack/core';
import { WEEKDAYS } from './words.ts';

const DAY = 24 * 60;

/** A week of quiet hours at a glance: a line for each day, dark where it is quiet. */
export function DayStrip({ windows }: { windows: readonly QuietHours[] }) {
  const days = [1, 2, 3, 4, 5, 6, 7].map((day) => spansOf(windows, day));
  const isSame = days.every((spans) => JSON.stringify(spans) === JSON.stringify(days[0]));
  const shown = isSame ? [{ name: 'Every day', spans: days[0] ?? [] }] : days.map(named);
  return (
    <figure className="w-full" aria-label="Quiet hours in the week">
      <div className="flex flex-col gap-1">
        {shown.map(({ name, spans }) => (
          <div key={name} className="grid grid-cols-[64px_minmax(0,1fr)] items-center gap-2">
            <span className="text-12 text-n10">{name}</span>
            <span className="relative block h-4 overflow-hidden rounded-[4px] bg-n4">
              {spans.map(([from, to]) => (
                <span
                  key={from}
                  className="absolute inset-y-0 bg-n8"
                  style={{ left: `${(from / DAY) * 100}%`, width: `${((to - from) / DAY) * 100}%` }}
                />
              ))}
            </span>
          </div>
        ))}
        <div aria-hidden className="tabular ml-[72px] flex justify-between text-12 text-n10">
          {['00', '06', '12', '18', '24'].map((hour) => (
            <span key={hour}>{hour}</span>
          ))}
        </div>
      </div>
    </figure>
  );
}

const named = (spans: Span[], index: number) => ({ name: WEEKDAYS[index] ?? '', spans });

type Span = [from: number, to: number];

/** The quiet minutes of one weekday, including what began the evening before. */
function spansOf(windows: readonly QuietHours[], day: number): Span[] {
  const before = day === 1 ? 7 : day - 1;
  return windows
    .flatMap(({ days, start, end }): Span[] => {
      const [from, to] = [minutes(start), minutes(end)];
      const begins = (on: number) => days === undefined || days.includes(on);
      if (to > from) return begins(day) ? [[from, to]] : [];
      return [...(begins(day) ? [[from, DAY] as Span] : []), ...(begins(before) && to > 0 ? [[0, to] as Span] : [])];
    })
    .sort(([a], [b]) => a - b);
}

function minutes(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}
