import type { Cadence, Category, Channel, PreferenceValue, QuietHours, QuietMode } from '@pulsestack/core';
import type { Option } from '../../ui/select.tsx';
import { channelName } from '../messages/words.ts';

export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const WEEKDAYS_IN_FULL = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

export const WEEKDAY_OPTIONS: readonly Option[] = WEEKDAYS_IN_FULL.map((label, index) => ({
  value: String(index + 1),
  label,
}));

export const SLUG = /^[a-z0-9][a-z0-9._-]{0,63}$/;
export const SLUG_HELP = 'Use lower-case letters, digits, dot, dash or underscore, such as billing';

export const MODE_OPTIONS: readonly Option<QuietMode>[] = [
  { value: 'hold', label: 'Wait for their end', note: 'Sent in the morning, spread over ten minutes' },
  { value: 'in_app_only', label: 'Only the inbox', note: 'Other channels are skipped' },
  { value: 'drop', label: 'Not sent', note: 'What comes in this time is dropped' },
];

const MODES: Record<QuietMode, string> = {
  hold: 'messages wait',
  in_app_only: 'only the inbox',
  drop: 'messages are dropped',
};

export const CADENCE_OPTIONS: readonly Option<Cadence['every']>[] = [
  { value: 'instant', label: 'At once' },
  { value: 'hourly', label: 'Every hour' },
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'Every week' },
];

export function cadenceText(cadence: Cadence): string {
  switch (cadence.every) {
    case 'instant':
      return 'At once';
    case 'hourly':
      return 'Every hour';
    case 'daily':
      return `Daily at ${cadence.at}`;
    case 'weekly':
      return `${WEEKDAYS[cadence.weekday - 1]} at ${cadence.at}`;
  }
}

export function daysText(days: readonly number[] | undefined): string {
  if (!days || days.length === 7) return 'every day';
  const sorted = [...days].sort((a, b) => a - b);
  if (sorted.join() === '1,2,3,4,5') return 'Monday to Friday';
  if (sorted.join() === '6,7') return 'at weekends';
  return sorted.map((day) => WEEKDAYS[day - 1]).join(', ');
}

export function quietText({ days, start, end, channels, mode }: QuietHours): string {
  const whom = channels ? ` for ${channels.map(channelName).join(', ')}` : '';
  return `${start}–${end} ${daysText(days)}${whom}: ${MODES[mode]}`;
}

/** Who decided, as the words of one who reads somebody's preferences. */
export const DECIDED_BY: Record<PreferenceValue['decidedBy'], string> = {
  workspace_forced: 'Forced by the workspace',
  user_snooze: 'Snoozed by the user',
  user_workflow: 'Chosen for the workflow',
  user_category: 'Chosen for the category',
  user_channel: 'Chosen for the channel',
  user_all: 'The user turned everything off',
  workflow_default: 'Default of the workflow',
  category_default: 'Default of the category',
  workspace_default: 'Default of the workspace',
  product_default: 'On unless said otherwise',
};

/** What the server takes back: a category as it was read, without what only reading shows. */
export function bodyOf({ key: _key, consent, ...rest }: Category) {
  return { ...rest, ...(consent === null ? {} : { consent }) };
}

export function channelsText(channels: readonly Channel[]): string {
  return channels.map(channelName).join(', ');
}
