import type pg from 'pg';

export interface Channels {
  listen(channel: string, onPayload: (payload: string) => void, onGap?: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** Hears for everybody over one connection, which inside one process is never lost. */
export function listenOn(createClient: () => pg.Client): Channels {
  const listeners = new Map<string, Set<(payload: string) => void>>();
  let client: Promise<pg.Client> | undefined;

  function connect(): Promise<pg.Client> {
    client ??= (async () => {
      const connecting = createClient();
      connecting.on('notification', ({ channel, payload = '' }) => {
        for (const onPayload of listeners.get(channel) ?? []) onPayload(payload);
      });
      // A lost database is reported where it was lost.
      connecting.on('error', () => {});
      await connecting.connect();
      return connecting;
    })();
    return client;
  }

  return {
    async listen(channel, onPayload) {
      const connected = await connect();
      const known = listeners.get(channel) ?? new Set();
      listeners.set(channel, known);
      // Its own function, so that one caller listening twice is two listeners.
      const own = (payload: string) => onPayload(payload);
      await connected.query(`listen ${connected.escapeIdentifier(channel)}`);
      known.add(own);
      return async () => {
        known.delete(own);
        if (known.size > 0 || listeners.get(channel) !== known) return;
        listeners.delete(channel);
        await connected.query(`unlisten ${connected.escapeIdentifier(channel)}`);
      };
    },
    async close() {
      listeners.clear();
      // A connection that was lost with the database has nothing left to end.
      const connected = await client?.catch(() => undefined);
      await connected?.end().catch(() => {});
    },
  };
}
