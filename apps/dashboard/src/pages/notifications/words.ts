import type { Audience, Notification, Priority } from '@pulsestack/core';
import type { Tone } from '../../ui/badge.tsx';
import type { Option } from '../../ui/select.tsx';

/** Whom it was for, in words. */
export function audienceText(audience: Audience): string {
  if ('everyone' in audience) return 'Everyone';
  if ('topic' in audience) return `Topic ${audience.topic}`;
  const [first = '', ...others] = audience.users;
  return others.length === 0
    ? first
    : others.length === 1
      ? `${first} and ${others[0]}`
      : `${first} and ${others.length} others`;
}

export const PRIORITY_OPTIONS: readonly Option<Priority>[] = [
  { value: 'low', label: 'Low' },
  { value: 'normal', label: 'Normal' },
  { value: 'high', label: 'High' },
  { value: 'critical', label: 'Critical' },
];

export const priorityTone: Record<Priority, Tone> = {
  low: 'neutral',
  normal: 'neutral',
  high: 'warning',
  critical: 'danger',
};

export const STATE_OPTIONS: readonly Option<Notification['state']>[] = [
  { value: 'published', label: 'Published' },
  { value: 'publishing', label: 'Publishing' },
  { value: 'retracted', label: 'Retracted' },
];

export const stateTone: Record<Notification['state'], Tone> = {
  published: 'success',
  publishing: 'info',
  retracted: 'neutral',
};

export function label(options: readonly Option[], value: string): string {
  return options.find((option) => option.value === value)?.label ?? value;
}
