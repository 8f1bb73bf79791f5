import { parseCursor } from './cursor.ts';

/**
 * Keeps how far each client has acknowledged. What it forgets is only delivered again, so it need not be written at once;
 * but it never answers with a cursor later than one it was given.
 */
export interface AckStore {
  get(client: string): Promise<string | null>;
  set(client: string, cursor: string): Promise<void>;
  /** Forgets clients, for instance those of one person. */
  forget(match: (client: string) => boolean): Promise<void>;
}

/** Keeps the last `keep` (100,000) clients that acknowledged, in memory. */
export function createMemoryAcks(options: { keep?: number } = {}): AckStore {
  const keep = options.keep ?? 100_000;
  const cursors = new Map<string, string>();
  return {
    get: async (client) => cursors.get(client) ?? null,
    async set(client, cursor) {
      cursors.delete(client);
      cursors.set(client, cursor);
      if (cursors.size > keep) cursors.delete(cursors.keys().next().value as string);
    },
    async forget(match) {
      for (const client of cursors.keys()) if (match(client)) cursors.delete(client);
    },
  };
}

/** What the connected clients of one hub have acknowledged. */
export class Acknowledgements {
  readonly #store: AckStore;
  readonly #connected = new Map<string, { connections: number; cursor: string; seq: number }>();
  readonly #underway = new Map<string, Promise<unknown>>();

  constructor(store: AckStore) {
    this.#store = store;
  }

  last(client: string): Promise<string | null> {
    return this.#store.get(client);
  }

  /** A client that comes for the first time has acknowledged what was before it came. */
  begin(client: string, cursor: string): Promise<void> {
    const known = this.#connected.get(client);
    if (known) {
      known.connections += 1;
      return Promise.resolve();
    }
    const entry = { connections: 1, cursor, seq: parseCursor(cursor)?.seq ?? 0 };
    this.#connected.set(client, entry);
    return this.#alone(client, async () => {
      const last = await this.#store.get(client);
      const seq = seqIn(last, cursor);
      if (last === null || seq === null) await this.#store.set(client, cursor);
      else {
        entry.cursor = last;
        entry.seq = seq;
      }
    });
  }

  end(client: string): void {
    const entry = this.#connected.get(client);
    if (!entry) return;
    entry.connections -= 1;
    if (entry.connections === 0) this.#connected.delete(client);
  }

  /** Resolves to what it had acknowledged of this log before, and to false when that was as much. */
  advance(client: string, cursor: string): Promise<{ before: string | null } | false> {
    return this.#alone(client, async () => {
      const last = await this.#store.get(client);
      const before = seqIn(last, cursor);
      const seq = parseCursor(cursor)?.seq ?? 0;
      if (before !== null && seq <= before) return false;
      await this.#store.set(client, cursor);
      const entry = this.#connected.get(client);
      if (entry) {
        entry.cursor = cursor;
        entry.seq = seq;
      }
      return { before: before === null ? null : last };
    });
  }

  /** The position a connected client has acknowledged, or null. */
  by(client: string): number | null {
    return this.#connected.get(client)?.seq ?? null;
  }

  /** One after the other for each client, or a late answer of the store would take an acknowledgement back. */
  #alone<T>(client: string, act: () => Promise<T>): Promise<T> {
    const before = this.#underway.get(client) ?? Promise.resolve();
    const done = before.then(act, act);
    this.#underway.set(client, done);
    const clear = () => {
      if (this.#underway.get(client) === done) this.#underway.delete(client);
    };
    done.then(clear, clear);
    return done;
  }
}

/** The position of a cursor, when it belongs to the same log as the other. */
function seqIn(text: string | null, other: string): number | null {
  const cursor = text === null ? null : parseCursor(text);
  return cursor && cursor.epoch === parseCursor(other)?.epoch ? cursor.seq : null;
}
