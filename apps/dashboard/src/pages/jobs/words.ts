import type { JobState } from '@pulsestack/core';
import type { Tone } from '../../ui/badge.tsx';

export const STATES: Record<JobState, { label: string; tone: Tone; explained: string }> = {
  dead: { label: 'Given up', tone: 'danger', explained: 'Failed too often; runs again when you say so' },
  running: { label: 'Running', tone: 'info', explained: 'A worker is at it' },
  ready: { label: 'Ready', tone: 'accent', explained: 'Waits for a worker' },
  scheduled: { label: 'Scheduled', tone: 'neutral', explained: 'Waits for its time, or for its next try' },
};

/** The state an address names; what failed is what one comes here for. */
export function stateOf(text: string | undefined): JobState {
  return text !== undefined && text in STATES ? (text as JobState) : 'dead';
}
