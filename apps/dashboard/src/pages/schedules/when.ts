import type { ScheduleTime } from '@pulsestack/core';
import type { Option } from '../../ui/select.tsx';
import { durationText } from '../preferences/cap-words.ts';
import { daysText, WEEKDAYS } from '../preferences/words.ts';

/** When, as a form holds it: every field keeps what was entered while another kind is looked at. */
export interface WhenDraft {
  every: ScheduleTime['every'];
  on: string;
  at: string;
  weekdays: readonly number[] | undefined;
  weekday: number;
  minute: string;
  cron: string;
  length: string;
  unit: string;
}

export const EVERY_OPTIONS: readonly Option<WhenDraft['every']>[] = [
  { value: 'once', label: 'Once' },
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'Every week' },
  { value: 'hourly', label: 'Every hour' },
  { value: 'interval', label: 'Every so often', note: 'By real time, whatever the clocks do' },
  { value: 'cron', label: 'Cron', note: 'Five fields, by the local clock' },
];

export function draftOfWhen(when: ScheduleTime | undefined): WhenDraft {
  const empty: WhenDraft = {
    every: 'daily',
    on: '',
    at: '09:00',
    weekdays: undefined,
    weekday: 1,
    minute: '0',
    cron: '0 9 * * 1-5',
    length: '30',
    unit: 'm',
  };
  switch (when?.every) {
    case undefined:
      return empty;
    case 'once':
      return { ...empty, every: 'once', on: when.at.slice(0, 16) };
    case 'hourly':
      return { ...empty, every: 'hourly', minute: String(when.minute ?? 0) };
    case 'daily':
      return { ...empty, every: 'daily', at: when.at, weekdays: when.weekdays };
    case 'weekly':
      return { ...empty, every: 'weekly', at: when.at, weekday: when.weekday };
    case 'cron':
      return { ...empty, every: 'cron', cron: when.cron };
    case 'interval':
      return { ...empty, every: 'interval', length: when.of.slice(0, -1), unit: when.of.at(-1) ?? 'm' };
  }
}

export function whenOf(draft: WhenDraft): ScheduleTime {
  const { every, on, at, weekdays, weekday, minute, cron, length, unit } = draft;
  switch (every) {
    case 'once':
      return { every, at: on };
    case 'hourly':
      return { every, minute: Number(minute) };
    case 'daily':
      return { every, at, ...(weekdays ? { weekdays: [...weekdays] } : {}) };
    case 'weekly':
      return { every, at, weekday };
    case 'cron':
      return { every, cron: cron.trim().replace(/\s+/g, ' ') };
    case 'interval':
      return { every, of: `${Number(length)}${unit}` };
  }
}

/** What keeps it from being asked about; `undefined` when it can be. */
export function checkWhen({ every, on, minute, cron, length }: WhenDraft): string | undefined {
  switch (every) {
    case 'once':
      return on === '' ? 'Choose a date and a time' : undefined;
    case 'hourly':
      return /^\d{1,2}$/.test(minute) && Number(minute) < 60 ? undefined : 'Enter a minute from 0 to 59';
    case 'cron':
      return cron.trim().split(/\s+/).length === 5
        ? undefined
        : 'Write five fields: minute, hour, day, month, weekday, such as 0 9 * * 1-5';
    case 'interval':
      return /^[1-9]\d{0,5}$/.test(length) ? undefined : 'Enter a whole number';
    default:
      return undefined;
  }
}

export function whenText(when: ScheduleTime): string {
  switch (when.every) {
    case 'once':
      return `Once, ${when.at.slice(0, 10)} ${when.at.slice(11, 16)}`;
    case 'hourly':
      return `Every hour at :${String(when.minute ?? 0).padStart(2, '0')}`;
    case 'daily': {
      const days = daysText(when.weekdays);
      return `${days.charAt(0).toUpperCase()}${days.slice(1)} at ${when.at}`;
    }
    case 'weekly':
      return `Every ${WEEKDAYS[when.weekday - 1]} at ${when.at}`;
    case 'cron':
      return `Cron ${when.cron}`;
    case 'interval':
      return `Every ${durationText(when.of).replace(/^1 /, '')}`;
  }
}
