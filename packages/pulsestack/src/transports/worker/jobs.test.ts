import { eventually } from '@pulsestack/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { setJobRate } from '../../kernel/enqueue.ts';
import { fannedOut, fanOutJob } from '../../kernel/fan-out.ts';
import { batchJob, externalJob, GiveUp, job, RetryLater } from '../../kernel/job.ts';
import { sql } from '../../kernel/sql.ts';
import { databases } from '../../testing/databases.ts';
import { EXPIRE, openWorkshop, type Workshop } from '../../testing/jobs/workshop.ts';

const Named = z.object({ n: z.union([z.number(), z.string()]) });

describe.each(databases)('jobs on the %s database', (database) => {
  let shop: Workshop;
  let done: (number | string)[];
  beforeAll(async () => {
    shop = await openWorkshop(database);
  });
  beforeEach(async () => {
    done = [];
    await shop.clear();
  });
  afterAll(() => shop.close());

  const note = job({ name: 'test.note', data: Named, maxAttempts: 3, run: async (_ctx, { n }) => void done.push(n) });

  it('exists exactly when the transaction of the change does', async () => {
    const { runtime, home } = shop;
    await expect(
      runtime.db.inWorkspace(home, async (tx) => {
        const { enqueue } = await import('../../kernel/job.ts');
        await enqueue({ ...runtime, tx, workspaceId: home, requestId: 'req_test' }, note, { n: 1 });
        throw new Error('changed its mind');
      }),
    ).rejects.toThrow('changed its mind');
    await shop.settle([note]);
    expect(done).toEqual([]);
  });

  it('runs in the order of priority and age, and workspaces take turns', async () => {
    const other = shop.newWorkspace();
    await shop.addMany(note, [
      { data: { n: 1 } },
      { data: { n: 2 } },
      { data: { n: 'urgent' }, priority: 'critical' },
      { data: { n: 'idle' }, priority: 'low' },
    ]);
    await shop.add(note, { n: 'other' }, { workspaceId: other });
    await shop.settle([note]);
    expect(done.filter((n) => n !== 'other')).toEqual(['urgent', 1, 2, 'idle']);
    expect(done.indexOf('other')).toBeLessThan(2);
    expect(await shop.rows()).toEqual([]);
  });

  it('waits for its time by the clock that the test moves', async () => {
    await shop.add(note, { n: 'later' }, { runAt: new Date(shop.clock.nowMs() + 60_000) });
    shop.clock.advance(59_999);
    await shop.settle([note]);
    expect([done, (await shop.rows()).map((row) => row.state)]).toEqual([[], ['scheduled']]);
    shop.clock.advance(1);
    await shop.settle([note]);
    expect(done).toEqual(['later']);
  });

  it.each([
    ['runs again', 1, [], ['died']],
    ['rests for a person when it has ended every process that tried it', 3, ['dead'], []],
  ])('whose process died %s', async (_what, attempts, left, ran) => {
    await shop.add(note, { n: 'died' });
    await shop.run(
      sql`update jobs set state = 'running', attempts = ${attempts}, claims = ${attempts}, leased_until = now()`,
    );
    await shop.settle([note]);
    // A lease that is running is another process's business.
    await shop.run(sql`update jobs set leased_until = clock_timestamp() + interval '1 hour'`);
    await shop.settle([note]);
    expect([...done, ...(await shop.rows()).map((row) => row.state)]).toHaveLength(1);
    await shop.run(EXPIRE);
    await shop.settle([note]);
    expect((await shop.rows()).map((row) => row.state)).toEqual(left);
    expect(done).toEqual(ran);
  });

  it('that failed comes back after a while, tells what was wrong, and closes what it stood for when it is given up', async () => {
    const closed: string[] = [];
    const failing = job({
      name: 'test.failing',
      data: Named,
      maxAttempts: 2,
      run: async () => Promise.reject(new Error('no luck \u0000')),
      onDead: async (_ctx, item, sentence) => void closed.push(`${item.attempt} ${sentence}`),
    });
    await shop.add(failing, { n: 1 });
    await shop.settle([failing]);
    expect(await shop.rows()).toMatchObject([{ state: 'scheduled', attempts: 1, error: 'no luck ' }]);
    shop.clock.advance(1000);
    await shop.settle([failing]);
    expect(await shop.rows()).toMatchObject([{ state: 'dead', attempts: 2 }]);
    expect(closed).toEqual(['2 no luck ']);
    const [row] = await shop.runtime.db.inSystem((tx) =>
      tx.rows<{ failures: object[] }>(sql`select failures from jobs`),
    );
    expect(row?.failures).toMatchObject([{ attempt: 1, error: 'no luck ' }, { attempt: 2 }]);
  });

  it('of a key waits once, at the earlier time, and is added anew when it has begun', async () => {
    const again = job({
      name: 'test.again',
      data: Named,
      async run(_ctx, { n }) {
        done.push(n);
        if (n === 'first') await new Promise<void>((resolve) => setImmediate(resolve));
      },
    });
    const soon = new Date(shop.clock.nowMs() + 1000);
    const one = await shop.add(again, { n: 'first' }, { key: 'k', runAt: new Date(shop.clock.nowMs() + 60_000) });
    expect(await shop.add(again, { n: 'second' }, { key: 'k', runAt: soon })).toBe(one);
    expect(await shop.add(again, { n: 'stranger' }, { key: 'k', workspaceId: shop.newWorkspace() })).not.toBe(one);
    const ids = await shop.addMany(again, [
      { data: { n: 'a' }, key: 'x' },
      { data: { n: 'b' }, key: 'x' },
      { data: { n: 'c' } },
    ]);
    expect(ids[0]).toBe(ids[1]);
    shop.clock.advance(1000);
    await shop.run(
      sql`update jobs set state = 'running', attempts = 1, claims = 1, leased_until = now() + interval '1 hour' where id = ${one}`,
    );
    expect(await shop.add(again, { n: 'third' }, { key: 'k' })).not.toBe(one);
    await shop.run(EXPIRE);
    await shop.settle([again]);
    expect(done.toSorted()).toEqual(['a', 'c', 'first', 'stranger', 'third']);
  });

  it('shares a transaction with others of its kind; one that throws keeps none from being done', async () => {
    const sizes: number[] = [];
    const batch = batchJob({
      name: 'test.batch',
      data: Named,
      size: 10,
      maxAttempts: 1,
      async runMany(ctx, items) {
        sizes.push(items.length);
        for (const { data } of items)
          await ctx.tx.run(
            sql`insert into idempotency_keys (workspace_id, key, fingerprint) values (${ctx.workspaceId}, ${String(data.n)}, '')`,
          );
        if (items.some(({ data }) => data.n === 7)) throw new Error('seven');
      },
    });
    await shop.addMany(
      batch,
      Array.from({ length: 25 }, (_, n) => ({ data: { n } })),
    );
    await shop.settle([batch]);
    expect(sizes).toEqual([10, ...Array.from({ length: 10 }, () => 1), 10, 5]);
    expect(await shop.rows()).toMatchObject([{ state: 'dead', error: 'seven' }]);
    const { n } = await shop.runtime.db.inSystem((tx) =>
      tx.get<{ n: number }>(sql`select count(*) as n from idempotency_keys`),
    );
    expect(n).toBe(24);
  });

  it('calls out between two transactions, and what it learned is written once', async () => {
    const call = externalJob({
      name: 'test.call',
      data: Named,
      size: 5,
      maxAttempts: 2,
      prepare: async (_ctx, { data }) => (data.n === 'idle' ? null : `prepared ${data.n}`),
      async work(_call, prepared, { data, attempt }) {
        if (data.n === 'later' && attempt === 1) throw new RetryLater('busy', 5000);
        if (data.n === 'never') throw new GiveUp('gone for good');
        return `${prepared}, done`;
      },
      finish: async (_ctx, { result }) => void done.push(result),
    });
    await shop.addMany(
      call,
      ['a', 'idle', 'later', 'never', 'b'].map((n) => ({ data: { n } })),
    );
    await shop.settle([call]);
    expect(done.toSorted()).toEqual(['prepared a, done', 'prepared b, done']);
    expect(await shop.rows()).toMatchObject([
      { state: 'scheduled', error: 'busy' },
      { state: 'dead', attempts: 1, error: 'gone for good' },
    ]);
    shop.clock.advance(4999);
    await shop.settle([call]);
    expect(done).toHaveLength(2);
    shop.clock.advance(1);
    await shop.settle([call]);
    expect(done).toContain('prepared later, done');
  });

  it('that takes too long is ended', async () => {
    let ended = false;
    const slow = externalJob({
      name: 'test.slow',
      data: Named,
      timeoutMs: 20,
      work: ({ signal }) => new Promise<void>(() => signal.addEventListener('abort', () => (ended = true))),
    });
    await shop.add(slow, { n: 1 });
    await shop.settle([slow]);
    expect(ended).toBe(true);
    expect(await shop.rows()).toMatchObject([{ state: 'scheduled', error: 'it took longer than 20 ms' }]);
  });

  it('whose lease was lost writes nothing: the one who has it now does', async () => {
    const begun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const racing = (name: string, hold: boolean) =>
      externalJob({
        name: 'test.race',
        data: Named,
        async work() {
          begun.resolve();
          if (hold) await release.promise;
        },
        finish: async () => void done.push(name),
      });
    await shop.add(racing('', false), { n: 1 });
    const late = shop.worker([racing('late', true)]).runDue();
    await begun.promise;
    await shop.run(EXPIRE);
    await shop.settle([racing('quick', false)]);
    release.resolve();
    await late;
    expect(done).toEqual(['quick']);
    expect(await shop.rows()).toEqual([]);
  });

  it('with a rate is done so often in each workspace, and others do not wait for it', async () => {
    const limited = job({
      name: 'test.limited',
      data: Named,
      rate: { perSecond: 2, burst: 3 },
      run: async (_ctx, { n }) => void done.push(n),
    });
    const other = shop.newWorkspace();
    await shop.addMany(
      limited,
      Array.from({ length: 10 }, () => ({ data: { n: 'here' } })),
    );
    await shop.addMany(limited, [{ data: { n: 'there' } }, { data: { n: 'there' } }], other);
    await shop.add(note, { n: 'free' });
    const jobs = [limited, note];
    const count = (name: string) => done.filter((n) => n === name).length;
    await shop.settle(jobs);
    expect([count('here'), count('there'), count('free')]).toEqual([3, 2, 1]);
    shop.clock.advance(1000);
    await shop.settle(jobs);
    expect(count('here')).toBe(5);
    await shop.runtime.db.inWorkspace(shop.home, (tx) =>
      setJobRate({ tx, workspaceId: shop.home, clock: shop.clock }, limited, { perSecond: 100, burst: 4 }),
    );
    shop.clock.advance(1000);
    await shop.settle(jobs);
    expect(count('here')).toBe(9);
  });

  it('fans out in pages, goes on where it was interrupted, and says how far it has come', async () => {
    let trips = 1;
    const everyone = fanOutJob({
      name: 'test.fanOut',
      data: z.object({ users: z.number() }),
      open: async (_ctx, data) => data,
      total: async (_ctx, { users }) => users,
      page: async (_ctx, { users }, after) => {
        const from = after === '' ? 0 : Number(after);
        const items = Array.from({ length: Math.min(10, users - from) }, (_, i) => from + i);
        return { items, next: from + 10 < users ? String(from + 10) : null };
      },
      async run(ctx, _data, items, { isLast }) {
        ctx.tx.afterCommit(() => done.push(...items, ...(isLast ? ['the last'] : [])));
        if (items[0] === 20 && trips-- > 0) throw new Error('interrupted');
      },
    });
    await shop.add(everyone, fannedOut({ users: 35 }));
    await shop.settle([everyone]);
    expect(await shop.rows()).toMatchObject([{ state: 'scheduled', progress: { done: 20, total: 35 }, attempts: 1 }]);
    shop.clock.advance(1000);
    await shop.settle([everyone]);
    expect(done.filter((n) => typeof n === 'number')).toEqual(Array.from({ length: 35 }, (_, i) => i));
    expect(done.at(-1)).toBe('the last');
  });

  it('of a small workspace does not wait behind the backlog of another', async () => {
    await shop.run(sql`
      insert into jobs (workspace_id, id, name, data, run_at, max_attempts, correlation_id)
      select ${shop.home}, 'job_' || lpad(n::text, 26, '0'), 'test.note', '{"n": "noise"}', now(), 3, 'req_test' from generate_series(1, 1200) as n`);
    for (let i = 0; i < 80; i++) await shop.add(note, { n: 'small' }, { workspaceId: shop.newWorkspace() });
    await shop.settle([note]);
    expect(done).toHaveLength(1280);
    // More workspaces than one claim serves; all of them come with the first two.
    expect(done.lastIndexOf('small')).toBeLessThan(400);
  });

  it('that was claimed and not begun is given back by a process that stops', async () => {
    const begun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const holding = job({
      name: 'test.note',
      data: Named,
      async run(_ctx, { n }) {
        done.push(n);
        begun.resolve();
        await release.promise;
      },
    });
    await shop.addMany(holding, [{ data: { n: 1 } }, { data: { n: 2 } }, { data: { n: 3 } }]);
    const worker = shop.worker([holding]);
    const running = worker.runDue();
    await begun.promise;
    const stopped = worker.stop();
    release.resolve();
    await Promise.all([running, stopped]);
    expect(done).toEqual([1]);
    expect((await shop.rows()).map((row) => [row.state, row.attempts])).toEqual([
      ['ready', 0],
      ['ready', 0],
    ]);
  });

  it('that waits for an answer which does not come is given back by a process that stops', async () => {
    let open = 0;
    let ended = 0;
    const hanging = externalJob({
      name: 'test.hanging',
      data: Named,
      concurrency: 2,
      work: ({ signal }) => {
        open++;
        return new Promise<void>(() => signal.addEventListener('abort', () => ended++));
      },
    });
    await shop.addMany(
      hanging,
      Array.from({ length: 5 }, (_, n) => ({ data: { n } })),
    );
    const worker = shop.worker([hanging], { timers: true });
    await eventually('the calls to be open', () => open === 2);
    const startedMs = performance.now();
    await worker.stop();
    expect(performance.now() - startedMs).toBeLessThan(4000);
    expect([open, ended]).toEqual([2, 2]);
    expect((await shop.rows()).map((row) => [row.state, row.attempts])).toEqual(
      Array.from({ length: 5 }, () => ['ready', 0]),
    );
  });
});
