import type { StreamConnection, StreamDelivery } from '@pulsestack/core';
import type { Tone } from '../../ui/badge.tsx';

const KINDS: Record<string, string> = { u: 'User', t: 'Topic', s: 'Session' };

/** A stream by its name on the log, in words: `u.ada` is "User ada". */
export function streamText(stream: string): string {
  if (stream === 'w') return 'Everyone';
  if (stream === 'o') return 'Operators';
  const kind = KINDS[stream.charAt(0)];
  return kind && stream.charAt(1) === '.' ? `${kind} ${stream.slice(2)}` : stream;
}

export const CONNECTION_STATES: Record<StreamConnection['state'], { label: string; tone: Tone }> = {
  opening: { label: 'Opening', tone: 'neutral' },
  live: { label: 'Live', tone: 'success' },
  catchup: { label: 'Catching up', tone: 'info' },
  closing: { label: 'Closing', tone: 'neutral' },
  closed: { label: 'Closed', tone: 'neutral' },
};

export const DELIVERY_KINDS: Record<StreamDelivery['kind'], { label: string; tone: Tone; explained: string }> = {
  handed: {
    label: 'Handed over',
    tone: 'info',
    explained: 'Given to the connection; what it held when it broke may not have arrived',
  },
  acknowledged: { label: 'Acknowledged', tone: 'success', explained: 'The client said that it has it' },
};

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function bytesText(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${value.toLocaleString('en', { maximumFractionDigits: step === 0 || value >= 100 ? 0 : 1 })} ${UNITS[step]}`;
}

export const EVENT_NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/;
