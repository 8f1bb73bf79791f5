import type { Channel, Suppression } from '@pulsestack/core';
import type { Tone } from '../../ui/badge.tsx';
import { CHANNELS, channelName } from '../messages/words.ts';

export const REASONS: Record<Suppression['reason'], { label: string; tone: Tone; note: string }> = {
  bounced: { label: 'Bounced', tone: 'warning', note: 'The address does not exist' },
  complained: { label: 'Complained', tone: 'danger', note: 'The person reported a message as spam' },
  manual: { label: 'By hand', tone: 'neutral', note: 'Somebody put it here' },
};

export const REASON_OPTIONS = (Object.keys(REASONS) as Suppression['reason'][]).map((value) => ({
  value,
  label: REASONS[value].label,
  note: REASONS[value].note,
}));

// The inbox has no address, so nothing of it can be suppressed.
export const ADDRESSED = CHANNELS.filter((channel) => channel !== 'in_app').map((value) => ({
  value,
  label: channelName(value),
}));

export const MAX_LINES = 1000;

export interface Line {
  number: number;
  text: string;
  entry?: { channel: Channel; address: string; reason: Suppression['reason'] };
  error?: string;
}

/** Lines as people paste them, or rows of a CSV: an address, and if they like a channel and a reason. */
export function readLines(text: string, channel: Channel): Line[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const line = raw.replace(/^\u{feff}/u, '').trim();
    const cells = line.split(/[,;\t]/).map((cell) =>
      cell
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .replace(/^'(?=[+=@-])/, ''),
    );
    if (line === '' || (index === 0 && /^(e-?mail|address)$/i.test(cells[0] ?? ''))) return [];
    return [{ number: index + 1, text: line, ...readCells(cells, channel) }];
  });
}

function readCells([address = '', ...rest]: string[], fallback: Channel): Pick<Line, 'entry' | 'error'> {
  if (address === '' || /\s/.test(address) || address.length > 320) return { error: 'Not an address' };
  let channel = fallback;
  let reason: Suppression['reason'] = 'manual';
  for (const cell of rest) {
    const word = cell.toLowerCase();
    const named = ADDRESSED.find((one) => one.value === word || one.label.toLowerCase() === word)?.value;
    const known = REASON_OPTIONS.find((one) => one.value === word || one.label.toLowerCase() === word)?.value;
    if (named) channel = named;
    else if (known) reason = known;
  }
  if (channel === 'email' && !/^[^@]+@[^@]+$/.test(address)) return { error: 'Not an e-mail address' };
  return { entry: { channel, address, reason } };
}
