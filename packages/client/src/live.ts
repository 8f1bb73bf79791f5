import { createEventStream, type EventStream } from 'pushstream/client';
import { PulseStackError } from './error.ts';
import type { Tokens } from './token.ts';
import type { ConnectionState, Readable, StreamEvents } from './types.ts';

// A stream that is being renewed is back within a second or two; only what lasts is worth telling.
const OFFLINE_AFTER_MS = 4_000;
// A bell that is taken off a page and put on the next should not cost a connection.
const LINGER_MS = 15_000;

type Listener = <Name extends keyof StreamEvents & string>(name: Name, data: StreamEvents[Name]) => void;

export interface LiveOptions {
  url: string;
  tokens: Tokens;
  fetch: typeof globalThis.fetch;
  onEvent: Listener;
  onReset(): void;
  /** Somebody looks for the first time: say where to begin by `begin`. */
  onStart(): void;
}

/** The stream, open exactly while somebody looks, and always resumed where it was left. */
export interface Live extends Readable<ConnectionState> {
  /** Why the stream ended for good, if it did. */
  readonly refusal: Error | null;
  /** How long the stream has been open without a break. */
  liveForMs(): number;
  retain(): () => void;
  /** A snapshot was read at this position. False when the stream began after it, so that the snapshot may miss something. */
  covered(cursor: string): boolean;
  close(): void;
}

export function createLive(options: LiveOptions): Live {
  const listeners = new Set<() => void>();
  let state: ConnectionState = 'connecting';
  let stream: EventStream<StreamEvents> | null = null;
  let beganAt: string | null = null;
  let cursor: string | null = null;
  let holders = 0;
  let linger: ReturnType<typeof setTimeout> | undefined;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let refusal: Error | null = null;
  let liveSince = 0;

  return {
    get refusal() {
      return refusal;
    },
    getSnapshot: () => state,
    liveForMs: () => (state === 'live' ? Date.now() - liveSince : 0),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retain() {
      holders += 1;
      clearTimeout(linger);
      if (holders === 1) start();
      let isReleased = false;
      return () => {
        if (isReleased) return;
        isReleased = true;
        holders -= 1;
        if (holders === 0) linger = setTimeout(stop, LINGER_MS);
      };
    },
    covered(at) {
      if (beganAt === null) {
        beganAt = at;
        cursor = at;
        if (holders > 0) open();
        return true;
      }
      return at === beganAt || !isBefore(at, beganAt);
    },
    close() {
      clearTimeout(linger);
      stop();
    },
  };

  function start(): void {
    if (cursor !== null) return open();
    turn('connecting');
    options.onStart();
  }

  function open(): void {
    if (stream !== null) return;
    turn('connecting');
    stream = createEventStream<StreamEvents>({
      url: `${options.url}/v1/stream`,
      cursor,
      // By what the token says: a person's tabs have one connection, of the six that a browser opens to a server.
      shareTabs: typeof document !== 'undefined',
      token: (refresh) => options.tokens.get(refresh),
      fetch: options.fetch,
      onEvent: ({ name, data, cursor: at }) => {
        cursor = at;
        options.onEvent(name, data as never);
      },
      onReset: (reset) => {
        beganAt = reset.cursor;
        cursor = reset.cursor;
        options.onReset();
      },
      onState: (next, cause) => {
        if (next === 'open') turn('live');
        else if (next === 'closed' && cause) refuse(cause);
        else if (cause instanceof PulseStackError && cause.code === 'client.secret_key') refuse(cause);
        else if (state === 'live') turn('connecting');
      },
    });
  }

  function stop(): void {
    clearTimeout(patience);
    if (stream === null) return;
    cursor = stream.cursor ?? cursor;
    stream.close();
    stream = null;
    turn('connecting');
    clearTimeout(patience);
  }

  function refuse(cause: Error): void {
    refusal = cause;
    stream?.close();
    stream = null;
    turn('offline');
  }

  function turn(next: ConnectionState): void {
    clearTimeout(patience);
    if (next === 'connecting') patience = setTimeout(() => turn('offline'), OFFLINE_AFTER_MS);
    if (next === state) return;
    if (next === 'live') liveSince = Date.now();
    state = next;
    for (const listener of listeners) listener();
  }
}

/** Whether one position of a stream lies before another; positions of different histories cannot be compared and count as before. */
function isBefore(cursor: string, than: string): boolean {
  const [epoch, seq] = cursor.split('.');
  const [thanEpoch, thanSeq] = than.split('.');
  return epoch !== thanEpoch || Number.parseInt(seq ?? '', 36) < Number.parseInt(thanSeq ?? '', 36);
}
