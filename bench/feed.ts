import { openServer } from '../packages/pulsestack/src/adapters/postgres/index.ts';
import { readCounts } from '../packages/pulsestack/src/features/inbox/store/counts.ts';
import {
  findReader,
  type InboxFilter,
  pageKeys,
  readPage,
} from '../packages/pulsestack/src/features/inbox/store/feed.ts';
import { sql } from '../packages/pulsestack/src/kernel/sql.ts';
import { createTenantDatabase, type TenantDatabase } from '../packages/pulsestack/src/kernel/tenancy.ts';
import { ensurePartitions, migrate } from '../packages/pulsestack/src/migrations/migrate.ts';
import { silentLog } from '../packages/pulsestack/src/ports/log.ts';
import { percentile, report, round } from './machine.ts';
import { freshPlace } from './process.ts';

const WORKSPACE = 'wsp_01jd0c5m8xk7q2w9v4t6r3n1ab';
const USERS = 1000;
const CALLS = 2000;
const ACTIVE: InboxFilter = { state: 'active', categories: null, types: null, priorities: null, from: null, to: null };

/** A page of the feed and the counts, in the database, in small and large tables: they should cost the same. */
export async function feed(options: { receipts: readonly number[] }): Promise<void> {
  for (const receipts of options.receipts) await measure(receipts);
}

async function measure(receipts: number): Promise<void> {
  const place = await freshPlace('server');
  const database = await openServer({
    url: place.env.DATABASE_URL as string,
    max: 2,
    log: silentLog,
    statementTimeoutMs: 0,
  });
  try {
    await migrate(database, silentLog);
    await ensurePartitions(database, new Date());
    await fill(database.pool, Math.max(1, receipts / USERS));
    const db = createTenantDatabase(database);
    const page = await time(db, (tx, user) =>
      findReader(tx, WORKSPACE, user).then((reader) => readPage(tx, WORKSPACE, user, reader, ACTIVE, undefined, 26)),
    );
    const counts = await time(db, (tx, user) => readCounts(tx, WORKSPACE, user));
    const plan = await db.inWorkspace(WORKSPACE, async (tx) => {
      const reader = await findReader(tx, WORKSPACE, 'user-1');
      const rows = await tx.rows<{ 'QUERY PLAN': string }>(
        sql`explain (analyze, costs off, timing off, summary off) with ${pageKeys(WORKSPACE, 'user-1', reader, ACTIVE, undefined, 26)} select * from page`,
      );
      return rows.map((row) => row['QUERY PLAN'].trim());
    });
    report('feed', {
      receipts,
      users: USERS,
      pageP50Ms: round(percentile(page, 0.5)),
      pageP99Ms: round(percentile(page, 0.99)),
      countsP50Ms: round(percentile(counts, 0.5)),
      countsP99Ms: round(percentile(counts, 0.99)),
      bars: { p99Ms: 3 },
      plan: plan.filter((line) => /Scan|Sort|Heap Fetches/.test(line)),
    });
  } finally {
    await database.close();
    await place.remove();
  }
}

async function time(
  db: TenantDatabase,
  work: (tx: Parameters<Parameters<TenantDatabase['inWorkspace']>[1]>[0], user: string) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  await db.inWorkspace(WORKSPACE, async (tx) => {
    for (let i = 0; i < CALLS; i++) {
      const user = `user-${1 + ((i * 7919) % USERS)}`;
      const begun = performance.now();
      await work(tx, user);
      times.push(performance.now() - begun);
    }
  });
  // The first calls plan the statement and warm the cache.
  return times.slice(CALLS / 10);
}

async function fill(pool: { query(text: string): Promise<unknown> }, each: number): Promise<void> {
  await pool.query(`insert into log_heads (workspace_id, epoch) values ('${WORKSPACE}', 'benchbench'::char(8))`);
  await pool.query(
    `insert into users (workspace_id, id, created_at, updated_at) select '${WORKSPACE}', 'user-' || i, now(), now() from generate_series(1, ${USERS}) i`,
  );
  await pool.query(`
    insert into notifications (workspace_id, id, title, body, content, type, category, priority, actor, audience, state, created_at, correlation_id)
    select '${WORKSPACE}', 'ntf_' || lpad(i::text, 26, '0'), 'Notification ' || i, 'Something happened', '{"icon":null,"image":null,"link":null,"actions":[],"data":{}}',
           'message', (array['general', 'billing', 'deploys'])[1 + i % 3], 1, '{"kind":"key","id":"key","name":null}', '{"users":[]}', 'published', now() - i * interval '1 minute', 'bench'
    from generate_series(1, ${each}) i`);
  await pool.query(`
    insert into receipts (workspace_id, user_id, notification_id, feed_at, type, category, priority, read_at, seen_at)
    select '${WORKSPACE}', 'user-' || u, 'ntf_' || lpad(i::text, 26, '0'), now() - i * interval '1 minute', 'message', (array['general', 'billing', 'deploys'])[1 + i % 3], 1,
           case when i % 3 = 0 then now() end, case when i % 2 = 0 then now() end
    from generate_series(1, ${each}) i, generate_series(1, ${USERS}) u`);
  await pool.query(`
    insert into inbox_counters (workspace_id, user_id, category, unread, unseen, version)
    select workspace_id, user_id, coalesce(category, ''), count(*) filter (where read_at is null), count(*) filter (where seen_at is null), 1
    from receipts group by grouping sets ((workspace_id, user_id, category), (workspace_id, user_id))`);
  await pool.query('vacuum (analyze) receipts, notifications, inbox_counters, users');
}
