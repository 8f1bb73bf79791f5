import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sql } from '../kernel/sql.ts';
import { type TestApp, testApp } from '../testing/index.ts';
import { dropJobs, listJobs, redriveJobs } from './jobs.ts';

describe('pulsestack jobs', () => {
  let app: TestApp;
  let place: { PULSESTACK_URL: string; PULSESTACK_API_KEY: string };
  let said: string[];
  beforeAll(async () => {
    app = await testApp({ timers: false });
    place = { PULSESTACK_URL: await app.url(), PULSESTACK_API_KEY: app.home.key };
  });
  beforeEach(() => {
    said = [];
    for (const way of ['log', 'error'] as const) vi.spyOn(console, way).mockImplementation((line) => said.push(line));
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await app.runtime.db.inSystem((tx) => tx.run(sql`delete from jobs`));
  });
  afterAll(() => app.close());

  async function giveUp(jobs: number): Promise<string[]> {
    const ids = Array.from({ length: jobs }, () => app.runtime.newId('job'));
    await app.runtime.db.inWorkspace(app.home.id, (tx) =>
      tx.run(sql`
        insert into jobs (workspace_id, id, name, data, state, run_at, max_attempts, error, correlation_id)
        select ${app.home.id}, id, 'inbox.fanOut', '{}', 'dead', ${app.clock.now()}, 3, 'no luck', 'req_test' from unnest(${ids}::text[]) as id`),
    );
    return ids;
  }

  it('lists what has failed with its error, over all pages', async () => {
    const ids = await giveUp(130);
    expect(await listJobs(place, {})).toBe(0);
    expect(said).toHaveLength(130);
    expect(said.map((line) => line.split('\t')[0]).toSorted()).toEqual(ids.toSorted());
    expect(said[0]).toMatch(/\tinbox\.fanOut\t0\/3\t.*\tno luck$/);
  });

  it('says when there is nothing, and which states there are', async () => {
    await listJobs(place, { name: 'inbox.markMore' });
    expect(await listJobs(place, { state: 'lost' })).toBe(2);
    expect(said).toEqual(['No job is dead.', 'There is no state "lost"; there are scheduled, ready, running, dead.']);
  });

  it('runs again and drops those named, or all', async () => {
    const [one, two, ...rest] = (await giveUp(4)) as [string, string, ...string[]];
    expect(await redriveJobs(place, [], {})).toBe(2);
    await redriveJobs(place, [one], {});
    await dropJobs(place, [two]);
    await redriveJobs(place, [], { all: true });
    expect(said.slice(1)).toEqual(['The job runs again.', 'The job is dropped.', `${rest.length} jobs run again.`]);
    await expect(dropJobs(place, [two])).rejects.toThrow('There is no such job.');
  });
});
