import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkshop, type Workshop } from '../../testing/jobs/workshop.ts';
import { createTicker } from './ticks.ts';

describe('recurring work', () => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await openWorkshop('embedded');
  });
  afterAll(() => shop.close());

  it('by a cron expression runs once a local day, also when the clocks change', async () => {
    const { clock, runtime } = shop;
    clock.set(new Date('2026-03-27T12:00:00Z'));
    const ran: string[] = [];
    const ticker = createTicker(
      runtime,
      [
        {
          name: 'test.nightly',
          cron: { expression: '0 3 * * *', timeZone: 'Europe/Vienna' },
          run: async () => void ran.push(clock.now().toISOString()),
        },
      ],
      { timers: false },
    );
    for (let quarters = 0; quarters < 4 * 24 * 4; quarters++) {
      await ticker.runDue();
      clock.advance(15 * 60_000);
    }
    expect(ran).toEqual([
      '2026-03-28T02:00:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T01:00:00.000Z',
      '2026-03-31T01:00:00.000Z',
    ]);
  });

  it('by an interval runs at once and then again', async () => {
    const { clock, runtime } = shop;
    let runs = 0;
    const ticker = createTicker(runtime, [{ name: 'test.often', everyMs: 1000, run: async () => void runs++ }], {
      timers: false,
    });
    await ticker.runDue();
    clock.advance(999);
    await ticker.runDue();
    clock.advance(1);
    await ticker.runDue();
    expect(runs).toBe(2);
  });
});
