import { describe, expect, it } from 'vitest';
import { databases, testApp } from '../../testing/index.ts';
import { tell } from './testing/story.ts';
import { watch } from './testing/watching.ts';

const BACKLOG = 5000;
const PAGE = 100;

describe.each(databases)('a workspace beside a busy one, on the %s database', (database) => {
  it(`begins within the next claim, whatever waits elsewhere: here ${BACKLOG} runs`, async () => {
    const app = await testApp({ database, timers: false });
    const { define } = tell(app);
    const steps = [{ id: 's', type: 'stop' as const }];
    await define({ key: 'busy', name: 'Busy', trigger: { event: 'much.happened' }, steps });
    const other = await app.newWorkspace();
    const body = { name: 'Quiet', steps };
    await app.call('PUT', '/v1/workflows/quiet', { as: other.key, body });
    await app.call('POST', '/v1/workflows/quiet/publish', { as: other.key, body: {} });
    for (let from = 0; from < BACKLOG; from += PAGE) {
      const events = Array.from({ length: PAGE }, (_, i) => ({
        name: 'much.happened',
        to: `u${from + i}`,
        payload: {},
      }));
      expect((await app.call('POST', '/v1/events/bulk', { body: { events } })).status).toBe(202);
    }
    const claims: Set<string>[] = [];
    const third = Promise.withResolvers<void>();
    const arrived = third.promise
      .then(() => app.call('POST', '/v1/workflows/quiet/trigger', { as: other.key, body: { to: 'ada' } }))
      .then(({ status }) => ({ status, claims: claims.length }));
    watch(app.runtime.database, (query) => async (statement) => {
      const result = await query(statement);
      const isClaim = typeof statement !== 'string' && statement.text.includes('attempts = r.attempts + 1');
      if (isClaim && result.rows.length > 0) {
        claims.push(new Set(result.rows.map((row) => (row as { workspace_id: string }).workspace_id)));
        // The backlog is being worked off when the other workspace comes.
        if (claims.length === 3) third.resolve();
      }
      return result;
    });
    await app.settle();
    const { status, claims: before } = await arrived;
    expect(status).toBe(202);
    const first = claims.findIndex((workspaces) => workspaces.has(other.id));
    // One claim may have been under way when the event was accepted; the next has it.
    expect(first).toBeGreaterThanOrEqual(3);
    expect(first - before).toBeLessThanOrEqual(1);
    expect(claims.length).toBeGreaterThan(BACKLOG / 300);
    await app.close();
  });
});
