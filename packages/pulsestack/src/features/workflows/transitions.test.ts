import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../testing/index.ts';
import { createScratchDatabase } from '../../testing/scratch-database.ts';
import { type Mortals, mortals } from './testing/mortals.ts';
import { SEEN_IN, type TaleName } from './testing/tales.ts';
import { TRANSITIONS } from './testing/transitions.ts';

/** How many different calls a tale makes. */
const CALLS: Partial<Record<TaleName, number>> = { asking: 4, coding: 3, refused: 0 };

/**
 * Right before a commit the database is as it was right after the one before, where a process dies as well. Only what the
 * outside has been asked in between is different, so tales that ask it have both.
 */
const momentsOf = (tale: TaleName) => (tale in CALLS ? (['before', 'after'] as const) : (['after'] as const));

// Hundreds of processes live and die here, so the suite does it on one database: the server where there is one. The other:
// env -u TEST_DATABASE_URL npx vitest run --project unit packages/pulsestack/src/features/workflows/transitions.test.ts
const tried = databases.slice(-1);

describe.each(tried)('37 · a process that dies at a transition of a run, on the %s database', (database) => {
  let processes: Mortals;
  let guarded: Mortals;
  let server: Server;
  let url: string;
  const asked: string[] = [];
  const clean: (() => unknown)[] = [];

  beforeAll(async () => {
    const open = async () => {
      if (database === 'server') {
        const scratch = await createScratchDatabase();
        clean.push(() => scratch.drop());
        return { url: scratch.url };
      }
      const directory = mkdtempSync(join(tmpdir(), 'pulsestack-mortal-'));
      clean.push(() => rmSync(directory, { recursive: true, force: true }));
      return { directory };
    };
    processes = mortals(await open());
    guarded = mortals(await open(), false);
    server = createServer((request, response) => {
      asked.push(String(request.headers['idempotency-key']));
      const said = { '/listed': '[1]', '/code': '{"output":{"word":"yes"}}' }[request.url ?? ''] ?? '{"fine":true}';
      response.writeHead(request.url === '/failed' ? 500 : 200).end(said);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await Promise.all([processes.close(), guarded.close()]);
    server.close();
    for (const step of clean) await step();
  });

  const who = (tale: TaleName) => (tale === 'refused' ? guarded : processes);
  const lived = new Map<TaleName, ReturnType<typeof live>>();
  // One tale at a time, also when a test before has given up waiting for its own.
  let last: Promise<unknown> = Promise.resolve();

  /**
   * Carries a tale out twice. The first time nobody dies. The second time a process dies at the first commit of
   * every transition, one after the other, and each time the next goes on.
   */
  async function live(tale: TaleName) {
    const calm = await who(tale).follow({ tale, user: `calm-${tale}`, url });
    if (!calm) throw new Error('it died without being told to');
    const order = { tale, user: `hit-${tale}`, url };
    const before = asked.length;
    const died = new Set<string>();
    // What a lease held is only taken up after a death, so it is no part of the calm life.
    for (const commit of [...calm.commits.slice(0, 2), ['run.freed' as const], ...calm.commits.slice(2)]) {
      const [at] = commit.filter((name) => !died.has(`after ${name}`));
      if (!at || (at === 'run.freed' && tale !== SEEN_IN[at])) continue;
      for (const when of momentsOf(tale))
        if ((await who(tale).follow({ ...order, death: { at, when } })) === null)
          for (const name of commit) died.add(`${when} ${name}`);
    }
    const hit = await who(tale).follow(order);
    // A call may be repeated by each death, and then says so by its key.
    const calls = Object.values(Object.groupBy(asked.slice(before), (key) => key)).map((same) => same?.length ?? 0);
    return { calm, hit, died, calls };
  }

  it.each(TRANSITIONS)(
    '%s: all ends as if nothing had happened, killed at its commit',
    async (at) => {
      const tale = SEEN_IN[at];
      const life = lived.get(tale) ?? last.then(() => live(tale));
      lived.set(tale, life);
      last = life.catch(() => undefined);
      const { calm, hit, died, calls } = await life;
      expect(calm.unknown, 'a commit that no transition stands for').toEqual([]);
      expect([...died]).toEqual(expect.arrayContaining(momentsOf(tale).map((when) => `${when} ${at}`)));
      expect(hit?.ending).toEqual(calm.ending);
      expect(calls.length).toBe(CALLS[tale] ?? 0);
      expect(Math.max(0, ...calls)).toBeLessThanOrEqual(2 + died.size);
    },
    400_000,
  );
});
