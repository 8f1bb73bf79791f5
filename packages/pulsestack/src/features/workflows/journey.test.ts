import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advance, databases, type TestApp, testApp } from '../../testing/index.ts';
import { inApp, tell } from './testing/story.ts';

describe.each(databases)('journeys on a virtual clock, on the %s database', (database) => {
  let app: TestApp;
  let story: ReturnType<typeof tell>;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    story = tell(app);
  });
  afterAll(() => app.close());

  it('goes through three weeks with delays, digests and waits, each at its own time', async () => {
    await app.call('PUT', '/v1/users/jo', { body: { timeZone: 'America/New_York' } });
    await story.define({
      key: 'journey',
      name: 'Journey',
      steps: [
        inApp('welcome', 'welcome'),
        { id: 'd1', type: 'delay', for: '2d' },
        inApp('tips', 'tips'),
        { id: 'd2', type: 'delay', at: '09:30' },
        inApp('morning', 'morning'),
        {
          id: 'w',
          type: 'wait',
          timeout: '1w',
          events: [{ event: 'trial.upgraded' }],
          onTimeout: [inApp('nudge', 'nudge')],
        },
        { id: 'd3', type: 'delay', for: '1w' },
        inApp('last', 'last'),
      ],
    });
    await story.define({
      key: 'daily',
      name: 'Daily',
      trigger: { event: 'thing.happened' },
      steps: [{ id: 'd', type: 'digest', cron: '0 17 * * *' }, inApp('sum', '{{ digest.count }} things')],
    });
    const began = app.clock.nowMs();
    const event = await story.start('journey', 'jo');
    for (let day = 0; day < 21; day++) {
      if (day % 5 === 0) for (const _ of [1, 2]) await story.send('thing.happened', 'jo');
      await advance(app, '1d');
    }
    expect(app.clock.nowMs() - began).toBe(21 * 86_400_000);
    const titles = await story.titles('jo');
    expect(titles.filter((title) => !title.endsWith('things'))).toEqual([
      'welcome',
      'tips',
      'morning',
      'nudge',
      'last',
    ]);
    expect(titles.filter((title) => title === '2 things')).toHaveLength(5);
    const { trace, state } = await story.run(event);
    expect(state).toBe('done');
    const at = (step: string) =>
      trace.find((line: { step: string; code: string }) => line.step === step && line.code === 'message.made').at;
    expect(at('tips')).toBe(new Date(began + 2 * 86_400_000).toISOString());
    expect(at('morning')).toMatch(/T13:30:00/);
    expect(Date.parse(at('nudge')) - Date.parse(at('morning'))).toBe(7 * 86_400_000);
  });
});
