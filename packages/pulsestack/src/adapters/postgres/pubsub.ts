import type { Database } from '../../ports/database.ts';
import type { PubSub } from '../../ports/pubsub.ts';

// NOTIFY refuses payloads of 8000 bytes and more.
const MAX_PAYLOAD_BYTES = 7900;

/** PubSub over LISTEN and NOTIFY. Publishing happens outside of business transactions, because NOTIFY serialises commits. */
export function createPostgresPubSub(database: Database): PubSub {
  const stops = new Set<() => Promise<void>>();
  return {
    async publish(channel, message) {
      if (Buffer.byteLength(message) > MAX_PAYLOAD_BYTES)
        throw new Error(`a pubsub message exceeds ${MAX_PAYLOAD_BYTES} bytes`);
      await database.pool.query('select pg_notify($1, $2)', [nameOf(channel), message]);
    },
    async subscribe(channel, onMessage) {
      const stop = await database.listen(nameOf(channel), onMessage);
      stops.add(stop);
      return async () => {
        stops.delete(stop);
        await stop();
      };
    },
    // Whoever cannot reach the database has no log to follow either, and its listener comes back within a second.
    healthy: true,
    onHealth: () => () => {},
    async close() {
      // One after the other: they share a connection.
      for (const stop of stops) await stop();
      stops.clear();
    },
  };
}

function nameOf(channel: string): string {
  return `pulsestack_${channel.replaceAll(/[^a-z0-9]/g, '_')}`;
}
