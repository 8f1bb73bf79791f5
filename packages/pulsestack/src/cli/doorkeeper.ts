import type { Access, Refusal } from 'pushstream';

const ACCESS_TIMEOUT_MS = 10_000;
const KNOWN_MS = 5_000;
const MAX_KNOWN = 10_000;
// A crowd whose rights must be asked again waits in line here, not at the upstream.
const MAX_ASKING = 16;
const MAX_WAITING = 20_000;
const PATIENCE_MS = 10_000;
const MAX_TRIES = 3;

const LATER: Refusal = { refuse: 'busy' };

interface Known {
  access: Promise<Access>;
  untilMs: number;
}

/**
 * The upstream decides who may read what: it is asked with the reader's own token. A crowd that comes back with one token
 * asks once, a crowd with many tokens asks a few at a time, and a right that ends meanwhile is told on the feed.
 */
export class Doorkeeper {
  readonly #upstream: string;
  #known = new Map<string, Known>();
  #generation = 0;
  #asking = 0;
  #waiting: (() => void)[] = [];

  constructor(upstream: string) {
    this.#upstream = upstream;
  }

  /** Moves on with every `forget`: who was admitted before and is connected after must be asked again. */
  get generation(): number {
    return this.#generation;
  }

  /** What a reader with this Authorization may read; `busy`, and to come back by chance sooner or later, when nobody can say now. */
  ask(authorization: string, topics: readonly string[]): Promise<Access> {
    const key = JSON.stringify([authorization, [...topics].sort()]);
    const known = this.#known.get(key);
    if (known && known.untilMs > Date.now()) return known.access;
    if (this.#waiting.length >= MAX_WAITING) return Promise.resolve(LATER);
    const entry: Known = { access: this.#askInTurn(authorization, topics), untilMs: Date.now() + KNOWN_MS };
    this.#remember(key, entry);
    void entry.access.then((access) => {
      if ('refuse' in access && access.refuse === 'busy' && this.#known.get(key) === entry) this.#known.delete(key);
    });
    return entry.access;
  }

  /** Nothing that was answered until now, or is being asked, counts any more. */
  forget(): void {
    this.#generation += 1;
    this.#known = new Map();
  }

  #remember(key: string, entry: Known): void {
    this.#known.delete(key);
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(key, entry);
  }

  async #askInTurn(authorization: string, topics: readonly string[]): Promise<Access> {
    const sinceMs = Date.now();
    if (this.#asking >= MAX_ASKING) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#asking += 1;
    try {
      for (let tries = 0; tries < MAX_TRIES && Date.now() - sinceMs < PATIENCE_MS; tries += 1) {
        const { generation } = this;
        const access = await askUpstream(this.#upstream, authorization, topics);
        // An answer that is older than the news says nothing.
        if (generation === this.#generation) return access;
      }
      return LATER;
    } catch {
      return LATER;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#asking -= 1;
    }
  }
}

async function askUpstream(upstream: string, authorization: string, topics: readonly string[]): Promise<Access> {
  const response = await fetch(new URL('/v1/stream/access', upstream), {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ topics }),
    signal: AbortSignal.timeout(ACCESS_TIMEOUT_MS),
  });
  if (response.status === 401) return { refuse: 401 };
  if (response.status === 403 || response.status === 400) return { refuse: 403 };
  if (!response.ok) throw new Error(`the upstream answered ${response.status} when asked who may read`);
  const { streams, meta, expiresAt } = (await response.json()) as {
    streams: string[];
    meta: Record<string, string>;
    expiresAt: string | null;
  };
  return { streams, meta, ...(expiresAt === null ? {} : { expiresAt: Date.parse(expiresAt) }) };
}
