import type { CapRule } from '@pulsestack/core';
import type { Option } from '../../ui/select.tsx';
import { channelName } from '../messages/words.ts';

export const UNITS: readonly Option[] = [
  { value: 's', label: 'seconds' },
  { value: 'm', label: 'minutes' },
  { value: 'h', label: 'hours' },
  { value: 'd', label: 'days' },
  { value: 'w', label: 'weeks' },
];

/** `15m` in words: "15 minutes". */
export function durationText(duration: string): string {
  const count = Number(duration.slice(0, -1));
  const unit = UNITS.find((one) => one.value === duration.at(-1))?.label ?? duration.at(-1);
  return `${count} ${count === 1 ? unit?.replace(/s$/, '') : unit}`;
}

const format = new Intl.NumberFormat('en');

/** A cap as one says it: "At most 10 messages by E-mail to each user in 1 minute". */
export function capSentence({ scope, channel, category, limit, window, beyond }: CapRule): string {
  const what = `${format.format(limit)} ${limit === 1 ? 'message' : 'messages'}`;
  const by = channel ? ` by ${channelName(channel)}` : '';
  const of = category ? ` of ${category}` : '';
  const whom = {
    user: 'to each user',
    category: category ? 'to each user' : 'of each category to each user',
    workspace: 'from this workspace altogether',
  }[scope];
  const end = beyond === 'wait' ? 'what is beyond waits for a place' : 'what is beyond is not sent';
  return `At most ${what}${by}${of} ${whom} in ${durationText(window)}; ${end}.`;
}
