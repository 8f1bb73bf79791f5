import type { AckOptions } from './options.ts';

export interface Acknowledgement {
  /** Everything up to here was received. */
  reached(cursor: string): void;
  close(): void;
}

export interface AckRequest extends AckOptions {
  fetch: typeof globalThis.fetch;
  credentials: RequestCredentials;
  /** The headers of the stream, with its token. */
  headers(): Record<string, string>;
  address(): string;
}

const LEAST_MS = 1_000;

/** Tells how far a reader has come: the newest position only, seldom, and at the latest when the page goes. */
export function createAcknowledgement({ everyMs, fetch, credentials, headers, address }: AckRequest): Acknowledgement {
  let newest = '';
  let told = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isTelling = false;

  globalThis.addEventListener?.('pagehide', tellLast);
  return {
    reached(cursor) {
      newest = cursor;
      later();
    },
    close() {
      tellLast();
      globalThis.removeEventListener?.('pagehide', tellLast);
    },
  };

  function later(): void {
    timer ??= setTimeout(() => void tell(), Math.max(LEAST_MS, everyMs ?? LEAST_MS));
  }

  async function tell(): Promise<void> {
    const cursor = newest;
    isTelling = true;
    const status = await send(cursor);
    isTelling = false;
    timer = undefined;
    // What was refused will be refused again; what failed is told with what comes next.
    if (status < 500 && status !== 429 && status !== 401) told = cursor;
    if (newest !== told) later();
  }

  function tellLast(): void {
    if (newest === told && !isTelling) return;
    clearTimeout(timer);
    timer = undefined;
    told = newest;
    const own = headers();
    // A beacon brings cookies, and no headers.
    const canBeacon = Object.keys(own).length === 0 && credentials !== 'omit' && 'sendBeacon' in globalThis.navigator;
    const blob = new Blob([JSON.stringify({ cursor: newest })], { type: 'application/json' });
    if (!canBeacon || !navigator.sendBeacon(address(), blob)) void send(newest);
  }

  async function send(cursor: string): Promise<number> {
    try {
      const answer = await fetch(address(), {
        method: 'POST',
        headers: { ...headers(), 'Content-Type': 'application/json' },
        body: JSON.stringify({ cursor }),
        credentials,
        // Outlives the page.
        keepalive: true,
      });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return 503;
    }
  }
}
