import pg from 'pg';
import { createEventStream } from 'pushstream/client';
import { report, round } from './machine.ts';
import { DEV_KEY, freshPlace, type Place, startProduct } from './process.ts';

/** One notification for everyone in a workspace of many: until a reader has it, and until feed and count of any user show it. */
export async function broadcast(options: { users: readonly number[] }): Promise<void> {
  for (const users of options.users) await measure(users);
}

async function measure(users: number): Promise<void> {
  const place = await freshPlace('server');
  const server = await startProduct(place);
  const headers = { authorization: `Bearer ${DEV_KEY}`, 'content-type': 'application/json' };
  const call = async (method: string, path: string, body?: unknown, auth = headers.authorization) => {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: { ...headers, authorization: auth },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  await fillUsers(place, users);
  const reader = (await call('POST', '/v1/users/bench-1/tokens', {})) as { token: string };
  const last = (await call('POST', `/v1/users/bench-${users}/tokens`, {})) as { token: string };

  let arrived = 0;
  const live = Promise.withResolvers<void>();
  const stream = createEventStream({
    url: `${server.url}/v1/stream`,
    token: async () => reader.token,
    onEvent: () => {
      arrived = performance.now();
    },
    onState: (state) => state === 'open' && live.resolve(),
  });
  await live.promise;

  const times = { accepted: [] as number[], shown: [] as number[] };
  const before = await rowsOf(place);
  const ROUNDS = 20;
  for (let i = 0; i < ROUNDS; i++) {
    arrived = 0;
    const begun = performance.now();
    await call('POST', '/v1/notify', { to: { everyone: true }, title: `Broadcast ${i}` });
    times.accepted.push(performance.now() - begun);
    const counts = (await call('GET', '/v1/inbox/counts', undefined, `Bearer ${last.token}`)) as { unread: number };
    const page = (await call('GET', '/v1/inbox?limit=1', undefined, `Bearer ${last.token}`)) as {
      items: { title: string }[];
    };
    if (counts.unread !== i + 1 || page.items[0]?.title !== `Broadcast ${i}`)
      throw new Error(`after broadcast ${i} the last user sees ${counts.unread} unread and "${page.items[0]?.title}"`);
    while (arrived === 0) await new Promise((done) => setTimeout(done, 1));
    times.shown.push(Math.max(arrived, performance.now()) - begun);
  }
  const rows = (await rowsOf(place)) - before;
  stream.close();
  await server.stop();
  await place.remove();
  times.accepted.sort((a, b) => a - b);
  times.shown.sort((a, b) => a - b);
  report('broadcast', {
    users,
    acceptedP50Ms: round(times.accepted[ROUNDS / 2] as number),
    shownEverywhereP50Ms: round(times.shown[ROUNDS / 2] as number),
    shownEverywhereMaxMs: round(times.shown.at(-1) as number),
    rowsPerBroadcast: round(rows / ROUNDS),
    bars: { shownEverywhereP50Ms: 50 },
  });
}

/** Rows go in by SQL: the bench is of the broadcast, not of the import. */
async function fillUsers(place: Place, users: number): Promise<void> {
  await query(
    place,
    `insert into users (workspace_id, id, joined_after, created_at, updated_at) select (select workspace_id from workspaces limit 1), 'bench-' || i, 0, now(), now() from generate_series(1, ${users}) as i`,
  );
  await query(place, 'analyze users');
}

async function rowsOf(place: Place): Promise<number> {
  const rows = await query(
    place,
    'select (select count(*) from notifications) + (select count(*) from broadcasts) + (select count(*) from receipts) + (select count(*) from inbox_counters) + (select count(*) from log_events) as n',
  );
  return Number(rows[0]?.n);
}

async function query(place: Place, text: string): Promise<{ n: string }[]> {
  const client = new pg.Client({ connectionString: place.env.DATABASE_URL });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
