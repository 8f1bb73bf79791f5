import type { ServerResponse } from 'node:http';
import type { Hub } from '../contract.ts';
import { parseCursor } from '../cursor.ts';
import type { LogEvent } from '../log.ts';
import type { Whose } from '../whose.ts';

const HEARTBEAT_MS = 10_000;

/** What relays are told beside events. */
export interface FeedControl {
  /** Whose rights have ended: connections whose `meta` has all of these are closed. */
  revoked?: Whose;
  /** Events that were erased: those of this stream, and those that tell about this person. */
  erased?: { stream?: string; about?: string };
}

export interface Feed {
  tell(control: FeedControl): void;
  close(): void;
}

/**
 * Writes everything that a hub applies to one response, for a relay that serves the same log elsewhere. A relay that does
 * not keep up is told only how far the log is, and reads the rest from the log: nothing waits for it.
 */
export function writeFeed(response: ServerResponse, hub: Hub): Feed {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  let waiting: LogEvent[] = [];
  let cursor = '';
  let isPlanned = false;
  let isFull = false;

  const write = (name: string, data: object) => {
    if (response.destroyed || response.writableEnded) return;
    isFull = !response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const writeHead = () => {
    const at = parseCursor(cursor);
    if (at) write('head', { epoch: at.epoch, head: at.seq });
  };
  const flush = () => {
    isPlanned = false;
    const events = waiting;
    waiting = [];
    if (isFull || events.length === 0) return;
    write('events', { epoch: parseCursor(cursor)?.epoch, events });
  };

  const forget = hub.onEvent((event, at) => {
    cursor = at;
    if (!isFull) waiting.push(event);
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(flush);
  });
  const begin = () =>
    hub.cursor().then(
      (at) => {
        cursor = at;
        writeHead();
      },
      () => undefined,
    );
  const heartbeat = setInterval(() => {
    if (!isFull) void begin();
  }, HEARTBEAT_MS);
  heartbeat.unref();
  void begin();
  response.on('drain', () => {
    isFull = false;
    writeHead();
  });
  const close = () => {
    clearInterval(heartbeat);
    forget();
    if (!response.writableEnded) response.end();
  };
  response.on('close', close);
  return { tell: (control) => write('control', control), close };
}
