import type { Presence } from '@pulsestack/core';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import { sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

const WRITE_MS = 500;
const RENEW_MS = 20_000;
const EXPIRES_MS = 60_000;

/** Who holds connections to this process, told to all others through the database. */
export interface PresenceBook {
  readonly node: string;
  opened(workspaceId: string, userId: string): void;
  closed(workspaceId: string, userId: string): void;
  /** Writes down what has changed; and all of it when it is about to expire. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface Standing {
  connections: number;
  since: Date;
}

export const presence = resource((runtime): PresenceBook => createPresence(runtime));

function createPresence(runtime: Runtime): PresenceBook {
  const node = runtime.randomBytes(8).toString('hex');
  const present = new Map<string, Map<string, Standing>>();
  let changed = new Map<string, Set<string>>();
  let renewedMs = runtime.clock.nowMs();
  let writing: Promise<void> = Promise.resolve();

  function count(workspaceId: string, userId: string, by: 1 | -1): void {
    let users = present.get(workspaceId);
    if (!users) present.set(workspaceId, (users = new Map()));
    const standing = users.get(userId) ?? { connections: 0, since: runtime.clock.now() };
    standing.connections += by;
    if (standing.connections > 0) users.set(userId, standing);
    else users.delete(userId);
    if (users.size === 0) present.delete(workspaceId);
    const names = changed.get(workspaceId);
    if (names) names.add(userId);
    else changed.set(workspaceId, new Set([userId]));
  }

  async function write(): Promise<void> {
    const isRenewal = runtime.clock.nowMs() - renewedMs >= RENEW_MS;
    const news = changed;
    changed = new Map();
    if (isRenewal) {
      renewedMs = runtime.clock.nowMs();
      for (const [workspaceId, users] of present)
        news.set(workspaceId, new Set([...(news.get(workspaceId) ?? []), ...users.keys()]));
    }
    for (const [workspaceId, userIds] of news) {
      const ids = [...userIds].sort();
      const standings = ids.map(
        (id) => present.get(workspaceId)?.get(id) ?? { connections: 0, since: runtime.clock.now() },
      );
      try {
        await runtime.db.inWorkspace(workspaceId, (tx) => save(tx, workspaceId, ids, standings));
      } catch (error) {
        runtime.log.warn({ err: error, workspaceId }, 'who is online could not be written down; it is tried again');
        changed.set(workspaceId, new Set([...(changed.get(workspaceId) ?? []), ...ids]));
      }
    }
  }

  async function save(tx: Transaction, workspaceId: string, ids: string[], standings: Standing[]): Promise<void> {
    await tx.run(sql`
      with said as (
        select * from unnest(${ids}::text[], ${standings.map((one) => one.connections)}::int[], ${standings.map((one) => one.since)}::timestamptz[])
          as said (user_id, connections, since)
      ),
      gone as (
        delete from stream_presence p
        using said
        where p.workspace_id = ${workspaceId} and p.user_id = said.user_id and p.node = ${node} and said.connections = 0
      )
      insert into stream_presence (workspace_id, user_id, node, connections, since, expires_at)
      select ${workspaceId}, user_id, ${node}, connections, since, ${new Date(runtime.clock.nowMs() + EXPIRES_MS)}
      from said
      where connections > 0
      order by user_id
      on conflict (workspace_id, user_id, node) do update
      set connections = excluded.connections, expires_at = excluded.expires_at`);
  }

  const flush = () => {
    writing = writing.then(write);
    return writing;
  };
  const timer = setInterval(() => void flush(), WRITE_MS);
  timer.unref();

  return {
    node,
    opened: (workspaceId, userId) => count(workspaceId, userId, 1),
    closed: (workspaceId, userId) => count(workspaceId, userId, -1),
    flush,
    async close() {
      clearInterval(timer);
      await flush();
      await runtime.db
        .inSystem((tx) => tx.run(sql`delete from stream_presence where node = ${node}`))
        .catch((error: unknown) => runtime.log.warn({ err: error }, 'presence could not be cleared; it expires'));
    },
  };
}

/** Who of these users holds a connection to any process. Half a second late at most; a process that died is believed for a minute. */
export async function presenceOf(
  tx: Transaction,
  workspaceId: string,
  userIds: readonly string[],
  now: Date,
): Promise<Map<string, Presence>> {
  const rows = await tx.rows<{ user_id: string; connections: number; since: Date }>(sql`
    select user_id, sum(connections)::int as connections, min(since) as since
    from stream_presence
    where workspace_id = ${workspaceId} and user_id = any (${userIds}::text[]) and expires_at > ${now}
    group by user_id`);
  const found = new Map(rows.map((row) => [row.user_id, row]));
  return new Map(
    userIds.map((userId) => {
      const row = found.get(userId);
      return [
        userId,
        {
          userId,
          online: row !== undefined,
          connections: row?.connections ?? 0,
          since: row?.since.toISOString() ?? null,
        },
      ];
    }),
  );
}

/** Forgets processes that ended without a word. */
export async function forgetExpired(tx: Transaction, now: Date): Promise<void> {
  await tx.run(sql`delete from stream_presence where expires_at <= ${now}`);
}
