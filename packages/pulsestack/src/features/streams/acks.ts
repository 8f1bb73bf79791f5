import type { AckStore } from 'pushstream';
import type { Runtime } from '../../kernel/runtime.ts';
import { sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

const WRITE_MS = 1000;
const MAX_CLIENTS_OF_USER = 50;

/** Keeps what clients have acknowledged. Written about every second: what a crash forgets is only delivered again. */
export interface Acks extends AckStore {
  flush(): Promise<void>;
}

/** Clients are named `<user>/<client>`; user ids hold no slash. */
export function createAcks(runtime: Runtime, workspaceId: string): Acks {
  let waiting = new Map<string, string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const batch = waiting;
    waiting = new Map();
    if (batch.size === 0) return;
    const names = [...batch.keys()].map(splitName);
    try {
      await runtime.db.inWorkspace(workspaceId, async (tx) => {
        const rows = await tx.rows<{ user_id: string; is_new: boolean }>(sql`
          insert into stream_acks (workspace_id, user_id, client, cursor, updated_at)
          select ${workspaceId}, user_id, client, cursor, ${runtime.clock.now()}
          from unnest(${names.map(([user]) => user)}::text[], ${names.map(([, client]) => client)}::text[],
                      ${[...batch.values()]}::text[]) as said (user_id, client, cursor)
          order by user_id, client
          on conflict (workspace_id, user_id, client) do update
          set cursor = excluded.cursor, updated_at = excluded.updated_at
          returning user_id, xmax = 0 as is_new`);
        const grown = new Set(rows.filter((row) => row.is_new).map((row) => row.user_id));
        if (grown.size > 0) await forgetIdle(tx, workspaceId, [...grown]);
      });
    } catch (error) {
      runtime.log.warn({ err: error, workspaceId }, 'acknowledgements could not be written; they are written again');
      waiting = new Map([...batch, ...waiting]);
    }
  }

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  };

  return {
    flush,
    async get(client) {
      const fresh = waiting.get(client);
      if (fresh !== undefined) return fresh;
      await writing;
      const [user, name] = splitName(client);
      const row = await runtime.db.inWorkspace(workspaceId, (tx) =>
        tx.find<{ cursor: string }>(sql`
          select cursor
          from stream_acks
          where workspace_id = ${workspaceId} and user_id = ${user} and client = ${name}`),
      );
      return waiting.get(client) ?? row?.cursor ?? null;
    },
    async set(client, cursor) {
      waiting.set(client, cursor);
      timer ??= setTimeout(() => void flush(), WRITE_MS);
      timer.unref();
    },
    // Those of a person go with the person, in the database.
    async forget(match) {
      for (const client of waiting.keys()) if (match(client)) waiting.delete(client);
    },
  };
}

/** A user keeps so many clients; one more takes the place of the one that has been silent longest. */
async function forgetIdle(tx: Transaction, workspaceId: string, userIds: string[]): Promise<void> {
  await tx.run(sql`
    delete from stream_acks
    where (workspace_id, user_id, client) in (
      select workspace_id, user_id, client
      from (
        select workspace_id, user_id, client,
               row_number() over (partition by user_id order by updated_at desc, client) as place
        from stream_acks
        where workspace_id = ${workspaceId} and user_id = any (${userIds}::text[])
      ) as placed
      where place > ${MAX_CLIENTS_OF_USER})`);
}

/** Forgets clients that have said nothing for as long as there is history to resume from. */
export async function forgetSilent(tx: Transaction, before: Date): Promise<void> {
  await tx.run(sql`delete from stream_acks where updated_at < ${before}`);
}

function splitName(name: string): [string, string] {
  const slash = name.indexOf('/');
  return [name.slice(0, slash), name.slice(slash + 1)];
}
