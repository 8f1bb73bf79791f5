import type { Schedule, ScheduleFire } from '@pulsestack/core';
import type { Tone } from '../../ui/badge.tsx';
import type { Option } from '../../ui/select.tsx';

export const STATE_OPTIONS: readonly Option<Schedule['state']>[] = [
  { value: 'active', label: 'Active' },
  { value: 'paused', label: 'Paused' },
  { value: 'done', label: 'Done' },
  { value: 'cancelled', label: 'Cancelled' },
];

export const STATES: Record<Schedule['state'], { label: string; tone: Tone }> = {
  active: { label: 'Active', tone: 'success' },
  paused: { label: 'Paused', tone: 'warning' },
  done: { label: 'Done', tone: 'neutral' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
};

export const FIRE_STATES: Record<ScheduleFire['state'], { label: string; tone: Tone }> = {
  claimed: { label: 'Under way', tone: 'info' },
  fired: { label: 'Fired', tone: 'success' },
  skipped: { label: 'Too late', tone: 'neutral' },
  failed: { label: 'Failed', tone: 'danger' },
};

export const MISSED_OPTIONS: readonly Option<Schedule['missed']>[] = [
  { value: 'coalesce', label: 'One for all of them', note: 'The newest stands for the others' },
  { value: 'all', label: 'All of them', note: 'Each is made up for' },
  { value: 'skip', label: 'None', note: 'What was missed stays missed' },
];

export function targetText({ target }: Schedule): string {
  return target.kind === 'workflow' ? `Workflow ${target.workflow}` : target.notification.title;
}
