import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { type Backplane, BackplaneUnavailable, loadDriver, withoutPassword } from './backplane.ts';
import { Ears } from './ears.ts';
import { Health } from './health.ts';
import { repeat, retryDelayMs, within } from './retry.ts';

export interface PostgresBackplaneOptions {
  /**
   * Such as `postgres://user:password@host:5432/database`. LISTEN needs a session of its own: give the server's address, not
   * that of a pooler in transaction mode.
   */
  url: string;
  /** Put before every channel. Default: `pushstream_` */
  prefix?: string;
  /** Messages are gathered for this long and sent by one statement. Default: 8. */
  gatherMs?: number;
  /** Called with what goes wrong in between; the connection mends itself. */
  onError?: (error: unknown) => void;
}

// NOTIFY refuses payloads of 8000 bytes and more.
const MAX_PAYLOAD_BYTES = 7_900;
// More than this in one statement, and reading the log costs less than carrying the messages.
const MAX_PAYLOADS = 16;
const CONNECT_TIMEOUT_MS = 5_000;
// A connection that hears nothing does not notice that the other side has gone, so it asks.
const PROBE_EVERY_MS = 10_000;
const PROBE_TIMEOUT_MS = 5_000;
const AWAY = 'PostgreSQL is away; nodes read the log meanwhile.';

interface Batch {
  texts: Map<string, string[]>;
  sent: Promise<void>;
}

/**
 * A backplane over LISTEN and NOTIFY on a connection of its own. NOTIFY takes a lock of the whole database at commit, so it is
 * never sent inside of a transaction, and at most once in `gatherMs` for each node.
 */
export async function openPostgresBackplane(options: PostgresBackplaneOptions): Promise<Backplane> {
  const driver = await loadDriver('pg', () => import('pg'));
  const { prefix = 'pushstream_', gatherMs = 8, onError = () => {} } = options;
  const ears = new Ears();
  const health = new Health();
  /** The channels by their names in the database. */
  const channels = new Map<string, string>();
  let closed = false;
  let retry: NodeJS.Timeout | undefined;
  let batch: Batch | null = null;
  let client: Client | null = await connect().catch((error: unknown) => {
    const { message } = error as Error;
    throw new BackplaneUnavailable(`PostgreSQL does not answer at ${withoutPassword(options.url)}: ${message}`, {
      cause: error,
    });
  });
  health.set(true);
  const stopProbing = repeat(PROBE_EVERY_MS, probe);

  async function connect(): Promise<Client> {
    const opened = new driver.default.Client({
      connectionString: options.url,
      application_name: 'pushstream',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    opened.on('error', onError);
    opened.on('notification', ({ channel, payload }) => hear(channel, payload ?? ''));
    try {
      await opened.connect();
      for (const name of channels.keys()) await opened.query(`listen ${opened.escapeIdentifier(name)}`);
    } catch (error) {
      void opened.end().catch(() => {});
      throw error;
    }
    opened.once('end', () => lose(opened));
    return opened;
  }

  function lose(lost: Client): void {
    if (closed || lost !== client) return;
    client = null;
    health.set(false);
    returnLater(0);
  }

  function returnLater(attempt: number): void {
    retry = setTimeout(() => {
      connect().then(
        (opened) => {
          if (closed) return void opened.end();
          client = opened;
          health.set(true);
        },
        (error: unknown) => {
          onError(error);
          if (!closed) returnLater(attempt + 1);
        },
      );
    }, retryDelayMs(attempt));
  }

  async function probe(): Promise<void> {
    const asked = client;
    if (!asked) return;
    try {
      await within(PROBE_TIMEOUT_MS, 'a probe of PostgreSQL', asked.query('select'));
    } catch (error) {
      onError(error);
      void asked.end().catch(() => {});
      lose(asked);
    }
  }

  function hear(name: string, payload: string): void {
    const channel = channels.get(name);
    if (channel === undefined) return;
    if (payload === '') return ears.hear(channel, '');
    try {
      for (const message of JSON.parse(payload) as string[]) ears.hear(channel, message);
    } catch (error) {
      onError(error);
    }
  }

  function gather(): Batch {
    const texts = new Map<string, string[]>();
    const sent = new Promise<void>((resolve) => setTimeout(resolve, gatherMs)).then(() => {
      batch = null;
      return send(texts);
    });
    return { texts, sent };
  }

  async function send(texts: Map<string, string[]>): Promise<void> {
    const names: string[] = [];
    const payloads: string[] = [];
    for (const [channel, messages] of texts) {
      for (const part of partsOf(messages)) {
        names.push(nameOf(prefix, channel));
        payloads.push(part);
      }
    }
    if (!client) throw new BackplaneUnavailable(AWAY);
    await client.query({
      text: 'select pg_notify(name, payload) from unnest($1::text[], $2::text[]) as news (name, payload)',
      values: [names, payloads],
    });
  }

  return {
    publish(channel, message) {
      if (!health.healthy) return Promise.reject(new BackplaneUnavailable(AWAY));
      batch ??= gather();
      const messages = batch.texts.get(channel);
      if (messages) messages.push(message);
      else batch.texts.set(channel, [message]);
      return batch.sent;
    },
    async subscribe(channel, listener) {
      const name = nameOf(prefix, channel);
      channels.set(name, channel);
      const listen = ears.add(channel, listener);
      if (listen) await client?.query(`listen ${client.escapeIdentifier(name)}`);
      return async () => {
        if (!ears.remove(channel, listener)) return;
        channels.delete(name);
        await client?.query(`unlisten ${client.escapeIdentifier(name)}`).catch(onError);
      };
    },
    get healthy() {
      return health.healthy;
    },
    onHealth: (listener) => health.onHealth(listener),
    async close() {
      closed = true;
      clearTimeout(retry);
      stopProbing();
      ears.clear();
      health.set(false);
      await client?.end();
      client = null;
    },
  };
}

/** As few payloads as the messages fit into; one that fits into none, and everything beyond the bound, becomes a wake-up. */
function partsOf(messages: readonly string[]): string[] {
  const parts: string[] = [];
  let gathered: string[] = [];
  let bytes = 2;
  const close = () => {
    if (gathered.length > 0) parts.push(JSON.stringify(gathered));
    gathered = [];
    bytes = 2;
  };
  for (const message of messages) {
    const size = Buffer.byteLength(JSON.stringify(message)) + 1;
    if (bytes + size > MAX_PAYLOAD_BYTES) close();
    if (parts.length >= MAX_PAYLOADS) return [...parts, ''];
    if (size + 2 > MAX_PAYLOAD_BYTES) parts.push('');
    else {
      gathered.push(message);
      bytes += size;
    }
  }
  close();
  return parts;
}

/** Names of channels are identifiers of at most 63 bytes. */
function nameOf(prefix: string, channel: string): string {
  const name = prefix + channel;
  return /^[a-z0-9_]{1,63}$/.test(name)
    ? name
    : prefix.slice(0, 20) + createHash('sha256').update(name).digest('hex').slice(0, 40);
}
