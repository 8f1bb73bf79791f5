import type { Connection, Hub } from '../contract.ts';
import { parseCursor } from '../cursor.ts';
import type { LogEvent } from '../log.ts';

/** What one connection has to do with one event. */
export interface Way {
  connection: string;
  meta: Readonly<Record<string, string>>;
  /** `handed`: given to its transport. `waiting`: it is for this connection, which has not come so far. `passed over`: not for it. */
  state: 'handed' | 'waiting' | 'passed over';
  /** Why it was passed over. */
  reason: 'stream' | 'filter' | null;
  acknowledged: boolean | null;
}

/** Remembers the last events that passed, so that a page opened late shows something, and can ask what became of one. */
export class Recorder {
  readonly #hub: Hub;
  readonly #kept: { event: LogEvent; cursor: string }[] = [];
  readonly #keep: number;
  readonly #stop: () => void;

  constructor(hub: Hub, keep: number) {
    this.#hub = hub;
    this.#keep = keep;
    this.#stop = hub.onEvent((event, cursor) => {
      this.#kept.push({ event, cursor });
      if (this.#kept.length > this.#keep) this.#kept.shift();
    });
  }

  recent(): readonly { event: LogEvent; cursor: string }[] {
    return this.#kept;
  }

  find(cursor: string): LogEvent | undefined {
    return this.#kept.find((one) => one.cursor === cursor)?.event;
  }

  /** The way of an event to each connection that is open now; one that came later has received it only if it resumed before. */
  waysOf(cursor: string): Way[] {
    const event = this.find(cursor);
    if (!event) return [];
    return [...this.#hub.connections()].map((connection) => wayOf(event, connection));
  }

  close(): void {
    this.#stop();
  }
}

function wayOf(event: LogEvent, connection: Connection): Way {
  const base = { connection: connection.id, meta: connection.meta };
  if (!connection.receives(event)) {
    const reason = connection.streams.includes(event.stream) ? 'filter' : 'stream';
    return { ...base, state: 'passed over', reason, acknowledged: null };
  }
  const at = parseCursor(connection.cursor ?? '')?.seq ?? 0;
  const { lag, unacknowledged } = connection;
  const acknowledged = unacknowledged === null ? null : at + lag - unacknowledged >= event.seq;
  return { ...base, state: at >= event.seq ? 'handed' : 'waiting', reason: null, acknowledged };
}
