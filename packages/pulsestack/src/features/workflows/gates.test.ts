import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { HOUR, inApp, MINUTE, tell } from './testing/story.ts';

describe.each(databases)('throttles, waits and conditions on the %s database', (database) => {
  let app: TestApp;
  let story: ReturnType<typeof tell>;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    story = tell(app);
  });
  afterAll(() => app.close());

  it('21 · two a minute let two through, the third says which number it is, and after a minute it works again', async () => {
    await story.define({
      key: 't21',
      name: 'T',
      steps: [{ id: 't', type: 'throttle', limit: 2, window: '1m' }, inApp('a', 'x')],
    });
    const events = [];
    for (const _ of [1, 2, 3]) {
      events.push(await story.start('t21', 'u'));
      await story.settle();
    }
    expect(await story.titles('u')).toHaveLength(2);
    const third = await story.run(events[2] as string);
    expect(third).toMatchObject({ state: 'done', code: 'throttle.limit' });
    expect(third.trace[0].detail).toMatchObject({ asked: 3, limit: 2 });
    await story.pass(MINUTE);
    await story.start('t21', 'u');
    await story.settle();
    expect(await story.titles('u')).toHaveLength(3);
  });

  it('22 · of twenty at once exactly one passes a throttle of one', async () => {
    await story.define({
      key: 't22',
      name: 'T',
      steps: [{ id: 't', type: 'throttle', window: '1m' }, inApp('a', 'x')],
    });
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        await story.start('t22', 'u22');
        if (i % 5 === 0) await app.settle();
      }),
    );
    await story.settle();
    expect(await story.titles('u22')).toHaveLength(1);
    const runs = await story.runs('workflow=t22');
    expect(runs.filter((run) => run.code === 'throttle.limit')).toHaveLength(19);
  });

  it('23 · by key, and until an instant that the payload names', async () => {
    await story.define({
      key: 't23',
      name: 'T',
      steps: [{ id: 't', type: 'throttle', window: '1m', key: 'payload.userId' }, inApp('a', 'x')],
    });
    for (const userId of ['u1', 'u2', 'u1']) await story.start('t23', 'ops', { userId });
    await story.settle();
    expect(await story.titles('ops')).toHaveLength(2);
    await story.define({
      key: 't23b',
      name: 'T',
      steps: [{ id: 't', type: 'throttle', windowPath: 'payload.until' }, inApp('a', 'x')],
    });
    const until = new Date(app.clock.nowMs() + HOUR).toISOString();
    for (const wait of [0, 30, 29, 1]) {
      await story.pass(wait * MINUTE);
      await story.start('t23b', 'dyn', { until });
      await story.settle();
    }
    expect(await story.titles('dyn')).toHaveLength(2);
    const bad = await story.start('t23b', 'dyn2', { until: 'soon' });
    await story.settle();
    expect(await story.run(bad)).toMatchObject({ state: 'failed', code: 'throttle.invalid' });
  });

  it('38 · a step looks whether the message before it was seen', async () => {
    await story.define({
      key: 'seen',
      name: 'Seen',
      steps: [
        inApp('first', 'first'),
        { id: 'd', type: 'delay', for: '1h' },
        inApp('second', 'reminder', { if: { '!': [{ '!!': [{ var: 'steps.first.seenAt' }] }] } }),
      ],
    });
    const seen = await story.start('seen', 'reader');
    await story.start('seen', 'sleeper');
    await story.settle();
    const as = await app.home.user('reader');
    const [item] = (await app.call('GET', '/v1/inbox', { as })).body.items;
    expect((await app.call('POST', `/v1/inbox/${item.id}/seen`, { as })).status).toBeLessThan(300);
    await story.pass(HOUR);
    expect(await story.titles('reader')).toEqual(['first']);
    expect(await story.titles('sleeper')).toEqual(['first', 'reminder']);
    expect(story.codes(await story.run(seen))).toEqual(['message.made', 'delay.until', 'step.condition_false']);
    const messages = await app.call('GET', '/v1/users/reader/messages?include=skipped');
    if (messages.status === 200)
      expect(messages.body.items.map((message: { reason: string | null }) => message.reason)).toContain(
        'condition.false',
      );
  });

  it('looks at a message of the same pass only after it is stored', async () => {
    await story.define({
      key: 'same-pass',
      name: 'Same pass',
      steps: [
        inApp('first', 'first'),
        inApp('second', 'second', { if: { '==': [{ var: 'steps.first.state' }, 'delivered'] } }),
      ],
    });
    await story.start('same-pass', 'sp');
    await story.settle();
    expect((await story.titles('sp')).toSorted()).toEqual(['first', 'second']);
  });

  const waiting = (key: string) =>
    story.define({
      key,
      name: key,
      steps: [
        {
          id: 'w',
          type: 'wait',
          timeout: '1h',
          events: [
            {
              event: 'order.paid',
              if: { '==': [{ var: 'event.payload.order' }, { var: 'payload.order' }] },
              steps: [inApp('paid', 'paid {{ steps.w.payload.order }}')],
            },
            { event: 'order.cancelled', steps: [{ id: 's', type: 'stop', reason: 'Nothing to say' }] },
          ],
          onTimeout: [inApp('late', 'still waiting for {{ payload.order }}')],
        },
      ],
    });

  it('waits for the first of several events whose condition holds, or for its time to be over', async () => {
    await waiting('pay');
    const events: string[] = [];
    for (const user of ['w1', 'w2', 'w3']) events.push(await story.start('pay', user, { order: 7 }));
    await story.settle();
    expect((await story.run(events[0] as string)).state).toBe('waiting');
    await story.send('order.paid', 'w1', { order: 8 });
    await story.settle();
    expect((await story.run(events[0] as string)).state).toBe('waiting');
    await story.send('order.paid', 'w1', { order: 7 });
    await story.send('order.cancelled', 'w2', {});
    await story.settle();
    expect(await story.titles('w1')).toEqual(['paid 7']);
    expect(await story.run(events[1] as string)).toMatchObject({
      state: 'done',
      code: 'run.stopped',
      sentence: 'Nothing to say',
    });
    await story.pass(HOUR);
    expect(await story.titles('w3')).toEqual(['still waiting for 7']);
  });

  it('loses no event that comes before the engine has reached the wait', async () => {
    await waiting('race');
    await story.start('race', 'early', { order: 1 });
    await story.send('order.paid', 'early', { order: 1 });
    await story.settle();
    expect(await story.titles('early')).toEqual(['paid 1']);
  });

  it('loses no event in whatever order it and the wait are committed', async () => {
    await waiting('races');
    const users = Array.from({ length: 60 }, (_, i) => `racer-${i}`);
    await Promise.all(
      users.map(async (user, i) => {
        await story.start('races', user, { order: i });
        if (i % 3 === 0) void app.settle();
        await story.send('order.paid', user, { order: i });
        if (i % 4 === 0) await app.settle();
      }),
    );
    await story.settle();
    expect(await story.runs('workflow=races&state=waiting')).toEqual([]);
    for (const [i, user] of users.entries()) expect(await story.titles(user)).toEqual([`paid ${i}`]);
  });

  it('uses an event up for one wait, and takes no event from before', async () => {
    const wait = (id: string) => ({
      id,
      type: 'wait' as const,
      timeout: '1h',
      events: [{ event: 'button.pressed' }],
      onTimeout: [{ id: `${id}x`, type: 'stop' as const }],
    });
    await story.define({
      key: 'twice',
      name: 'Twice',
      steps: [wait('one'), inApp('a', 'one'), wait('two'), inApp('b', 'two')],
    });
    await story.send('button.pressed', 'presser');
    await story.pass(MINUTE);
    await story.start('twice', 'presser');
    await story.settle();
    expect(await story.titles('presser')).toEqual([]);
    await story.send('button.pressed', 'presser');
    await story.settle();
    expect(await story.titles('presser')).toEqual(['one']);
    await story.pass(1000);
    await story.send('button.pressed', 'presser');
    await story.settle();
    expect(await story.titles('presser')).toEqual(['one', 'two']);
  });
});
