import { Channel, type Run, type TraceLine } from '@pulsestack/core';
import type { Tone } from '../../ui/badge.tsx';
import type { Mark } from '../../ui/moment.tsx';
import { channelName } from '../messages/words.ts';

export const STATES: Record<Run['state'], { label: string; tone: Tone }> = {
  ready: { label: 'Ready', tone: 'info' },
  running: { label: 'Running', tone: 'info' },
  waiting: { label: 'Waiting', tone: 'accent' },
  done: { label: 'Done', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
};

export const STATE_OPTIONS = (Object.keys(STATES) as Run['state'][]).map((value) => ({
  value,
  label: STATES[value].label,
}));

export function isUnderWay({ state }: Pick<Run, 'state'>): boolean {
  return state === 'ready' || state === 'running' || state === 'waiting';
}

const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A decision in words; instants are said by the reader's own clock. */
export function lineText({
  sentence,
  code,
  detail,
}: Pick<TraceLine, 'sentence' | 'detail'> & { code?: string }): string {
  const channel = Channel.safeParse(detail?.channel).data;
  if (code === 'message.made' && channel) return sentence.replace('A message', `A message for ${channelName(channel)}`);
  return sentence.replaceAll(INSTANT, (instant) => exact.format(new Date(instant)));
}

const BAD = new Set(['step.failed', 'run.attempts', 'template.failed', 'digest.failed']);
const WAITS = new Set(['delay.until', 'wait.began', 'digest.opened', 'digest.merged']);
const PASSED_BY = new Set(['step.condition_false', 'throttle.limit', 'loop.empty', 'run.cancelled', 'message.skipped']);

export function lineMark({ code }: Pick<TraceLine, 'code'>): Mark {
  if (BAD.has(code) || /\.(failed|refused|invalid|mismatch|condition_failed)$/.test(code)) return 'bad';
  if (WAITS.has(code)) return 'wait';
  return PASSED_BY.has(code) ? 'open' : 'done';
}
