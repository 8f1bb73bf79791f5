import type pg from 'pg';
import type { Log } from '../../ports/log.ts';

export interface Listener {
  listen(channel: string, onPayload: (payload: string) => void, onGap?: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface ListenerOptions {
  createClient(): pg.Client;
  place: string;
  log: Log;
}

interface Ear {
  onPayload(payload: string): void;
  onGap?: (() => void) | undefined;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
// A connection that hears nothing does not notice that the other side has gone, so it asks.
const PROBE_EVERY_MS = 15_000;
const PROBE_TIMEOUT_MS = 10_000;

/** Hears for everybody over one connection, and finds its way back when that is lost. */
export function openListener({ createClient, place, log }: ListenerOptions): Listener {
  const ears = new Map<string, Set<Ear>>();
  let current: Promise<pg.Client> | undefined;
  let closed = false;
  let retryTimer: NodeJS.Timeout | undefined;
  let probeTimer: NodeJS.Timeout | undefined;
  let asking: Promise<unknown> = Promise.resolve();

  /** One question after the other, as the driver wants it on one connection. */
  function ask(client: pg.Client, text: string): Promise<unknown> {
    const answer = asking.then(() => client.query(text));
    asking = answer.catch(() => {});
    return answer;
  }

  async function connect(): Promise<pg.Client> {
    const client = createClient();
    client.on('notification', ({ channel, payload = '' }) => {
      for (const ear of ears.get(channel) ?? []) ear.onPayload(payload);
    });
    client.on('error', (error) => log.warn({ error }, `the listening connection to ${place} was lost`));
    try {
      await client.connect();
      for (const channel of ears.keys()) await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
    client.once('end', () => lose(client));
    clearInterval(probeTimer);
    probeTimer = setInterval(() => probe(client), PROBE_EVERY_MS).unref();
    return client;
  }

  function connection(): Promise<pg.Client> {
    current ??= connect().catch((error) => {
      current = undefined;
      throw error;
    });
    return current;
  }

  function lose(client: pg.Client): void {
    if (closed) return;
    clearInterval(probeTimer);
    client.removeAllListeners('notification');
    current = undefined;
    returnLater(FIRST_RETRY_MS);
  }

  function returnLater(delayMs: number): void {
    clearTimeout(retryTimer);
    retryTimer = setTimeout(async () => {
      try {
        await connection();
        for (const heard of ears.values()) for (const ear of heard) ear.onGap?.();
      } catch (error) {
        if (closed) return;
        log.warn({ error, delayMs }, `still not listening to ${place}`);
        returnLater(Math.min(delayMs * 2, LAST_RETRY_MS) * (0.75 + Math.random() / 2));
      }
    }, delayMs);
  }

  function probe(client: pg.Client): void {
    const timer = setTimeout(
      () => (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy(),
      PROBE_TIMEOUT_MS,
    ).unref();
    ask(client, 'select').then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    );
  }

  return {
    async listen(channel, onPayload, onGap) {
      const ear: Ear = { onPayload, onGap };
      const heard = ears.get(channel) ?? new Set();
      ears.set(channel, heard);
      const client = await connection();
      await ask(client, `listen ${client.escapeIdentifier(channel)}`);
      heard.add(ear);
      return async () => {
        heard.delete(ear);
        if (heard.size > 0 || ears.get(channel) !== heard) return;
        ears.delete(channel);
        const listening = await current?.catch(() => undefined);
        if (listening) await ask(listening, `unlisten ${listening.escapeIdentifier(channel)}`).catch(() => {});
      };
    },
    async close() {
      closed = true;
      clearTimeout(retryTimer);
      clearInterval(probeTimer);
      const client = await current?.catch(() => undefined);
      await client?.end();
    },
  };
}
