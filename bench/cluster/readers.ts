import { type ClientRequest, get } from 'node:http';
import { parseCursor } from 'pushstream';
import { createEventStream } from 'pushstream/client';

/** What a reader saw, checked while it reads: event n must be the one published as number n. */
export class Tally {
  seen = 0;
  /** Frames that came again and were dropped by their cursor. */
  repeated = 0;
  connections = 0;
  refused = 0;
  resets = 0;
  readonly faults: string[] = [];
  #lastSeq = 0;

  take(cursor: string, number: number): void {
    const seq = parseCursor(cursor)?.seq ?? 0;
    if (seq <= this.#lastSeq) {
      this.repeated += 1;
      return;
    }
    this.#lastSeq = seq;
    if (number !== this.seen && this.faults.length < 5) this.faults.push(`saw ${number} and not ${this.seen}`);
    this.seen += 1;
  }
}

export interface ClusterReader {
  readonly tally: Tally;
  /** Resolves with the first connection, from when on nothing may be missed. */
  readonly opened: Promise<void>;
  /** Loses the connection, as networks do. */
  cut(): void;
  close(): void;
}

const RECONNECT_MIN_MS = 20;
const RECONNECT_SPREAD_MS = 200;

/** Speaks the bare wire: nothing but the address, a bearer token, and Last-Event-ID. */
export function openBareReader(url: string, token: string, random: () => number): ClusterReader {
  const tally = new Tally();
  let request: ClientRequest | undefined;
  let lastId = '';
  let closed = false;
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });

  function connect(): void {
    if (closed) return;
    tally.connections += 1;
    let rest = '';
    let answered = false;
    const headers = { authorization: `Bearer ${token}`, ...(lastId ? { 'last-event-id': lastId } : {}) };
    const asked = get(url, { agent: false, headers }, (response) => {
      answered = true;
      if (response.statusCode !== 200) {
        tally.refused += 1;
        response.resume().once('close', again);
        return;
      }
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        const frames = (rest + piece).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) read(frame);
      });
      response.once('close', again);
      response.on('error', () => {});
    });
    request = asked;
    asked.once('error', () => {});
    asked.once('close', () => !answered && again());
  }

  function again(): void {
    if (!closed) setTimeout(connect, RECONNECT_MIN_MS + RECONNECT_SPREAD_MS * random());
  }

  function read(frame: string): void {
    const at = frame.lastIndexOf('id: ');
    if (at >= 0) {
      lastId = frame.slice(at + 4);
      open();
    }
    if (frame.startsWith('event: notification.created')) {
      const title = frame.indexOf('"title":"') + 9;
      tally.take(lastId, Number(frame.slice(title, frame.indexOf('"', title))));
    } else if (frame.startsWith('event: ps.reset')) tally.resets += 1;
    else if (frame.includes('event: ps.busy')) tally.refused += 1;
  }

  connect();
  return {
    tally,
    opened,
    cut: () => request?.destroy(),
    close() {
      closed = true;
      request?.destroy();
    },
  };
}

/** Reads by `pushstream/client`, over connections that can be cut from outside. */
export function openClientReader(url: string, token: string): ClusterReader {
  const tally = new Tally();
  let cutter = new AbortController();
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const stream = createEventStream({
    url,
    token: () => token,
    fetch(input, init) {
      tally.connections += 1;
      cutter = new AbortController();
      const signals = [cutter.signal, ...(init?.signal ? [init.signal] : [])];
      return fetch(input, { ...init, signal: AbortSignal.any(signals) });
    },
    onEvent({ name, data, cursor }) {
      if (name !== 'notification.created') return;
      tally.take(cursor, Number((data as { notification: { title: string } }).notification.title));
    },
    onReset: () => {
      tally.resets += 1;
    },
    onState: (state) => state === 'open' && stream.cursor && open(),
  });
  const waiting = setInterval(() => stream.cursor && open(), 20);
  void opened.then(() => clearInterval(waiting));
  return {
    tally,
    opened,
    cut: () => cutter.abort(),
    close() {
      clearInterval(waiting);
      stream.close();
    },
  };
}
