import type { ScheduleTime } from '@pulsestack/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { preferences } from '../../api/preferences.ts';
import { useSettled } from '../preferences/use-settled.ts';
import type { ShownFire } from './clock.ts';

const COUNT = 5;

interface Planned {
  when: ScheduleTime;
  timeZone: string;
  startsAt: string | null;
  endsAt: string | null;
}

/** The next fires of what is being written, asked of the server once the typing rests; nothing is stored. */
export function usePreview(planned: Planned | null) {
  const settled = useSettled(planned === null ? null : JSON.stringify(planned));
  return useQuery({
    queryKey: ['schedules', 'preview', settled],
    queryFn: async ({ signal }) => {
      const asked = JSON.parse(settled ?? '') as Planned;
      const after = startOf(asked);
      const fires = await firesOf(asked, after, signal);
      const end = asked.endsAt === null ? Number.POSITIVE_INFINITY : Date.parse(asked.endsAt);
      return { asked, after, fires: fires.filter((fire) => Date.parse(fire.at) < end) };
    },
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

const UNITS_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function lengthOf(duration: string): number {
  return Number(duration.slice(0, -1)) * (UNITS_MS[duration.at(-1) ?? ''] ?? 0);
}

/** Just before the beginning, so that a fire at the beginning counts. */
function startOf({ startsAt }: Planned): Date {
  const now = Date.now();
  const start = startsAt === null ? now : Date.parse(startsAt) - 1;
  return new Date(Math.max(now, start));
}

async function firesOf({ when, timeZone, startsAt }: Planned, after: Date, signal: AbortSignal): Promise<ShownFire[]> {
  if (when.every === 'interval') {
    const step = lengthOf(when.of);
    const anchor = startsAt === null ? after.getTime() : Date.parse(startsAt);
    const first = anchor + Math.max(0, Math.floor((after.getTime() - anchor) / step) + 1) * step;
    return Array.from({ length: COUNT }, (_, i) => ({ at: new Date(first + i * step).toISOString(), timeZone }));
  }
  const { fires } = await preferences.trySchedule({ when, timeZone, after: after.toISOString(), count: COUNT }, signal);
  return fires.map(({ at }) => ({ at, timeZone }));
}
