import type { ControlName } from './sink.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$/;
const LINE_ENDS = /\r\n|\r|\n/;

/** Whether an application may publish under this name: `domain.action`, at most 128 characters, not beginning with `ps.`. */
export function isEventName(name: string): boolean {
  return name.length <= 128 && NAME.test(name) && !name.startsWith('ps.');
}

/**
 * Writes one event for the wire. The id comes last, because some readers keep an id as soon as they see it: a stream cut
 * between id and data would lose the event for them.
 */
export function encodeEvent(name: string, data: string, cursor: string): Buffer {
  return Buffer.from(`event: ${name}\n${dataLines(data)}id: ${cursor}\n\n`);
}

export interface ControlFields {
  retryMs?: number;
  cursor?: string | null;
}

/** Writes an event of the engine itself. Without a cursor the reader's last id stays as it is. */
export function encodeControl(
  name: ControlName,
  data: Readonly<Record<string, string | number>>,
  fields: ControlFields = {},
): Buffer {
  const retry = fields.retryMs === undefined ? '' : `retry: ${Math.round(fields.retryMs)}\n`;
  const id = fields.cursor ? `id: ${fields.cursor}\n` : '';
  return Buffer.from(`${retry}event: ${name}\ndata: ${JSON.stringify(data)}\n${id}\n`);
}

/** What an idle connection hears, so that no proxy takes it for dead. */
export const HEARTBEAT = Buffer.from(':\n\n');

function dataLines(data: string): string {
  // A parser drops one space after the colon, so one is always written: data that begins with a space keeps it.
  if (!data.includes('\n') && !data.includes('\r')) return `data: ${data}\n`;
  let lines = '';
  for (const line of data.split(LINE_ENDS)) lines += `data: ${line}\n`;
  return lines;
}
