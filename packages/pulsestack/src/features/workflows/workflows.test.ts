import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';
import { DAY, HOUR, inApp, MINUTE, tell } from './testing/story.ts';

describe.each(databases)('workflows on the %s database', (database) => {
  let app: TestApp;
  let story: ReturnType<typeof tell>;
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    story = tell(app);
  });
  afterAll(() => app.close());

  it('1 · an in-app step reaches a known user, with one unread', async () => {
    await app.call('PUT', '/v1/users/ada', { body: { name: 'Ada' } });
    await story.define({
      key: 'hello',
      name: 'Hello',
      steps: [inApp('inbox', 'Hi {{ user.name }}, {{ payload.what }}')],
    });
    const event = await story.start('hello', 'ada', { what: 'look' });
    await story.settle();
    expect(await story.titles('ada')).toEqual(['Hi Ada, look']);
    const run = await story.run(event);
    expect(run).toMatchObject({ state: 'done', code: 'run.finished', workflow: 'hello', version: 1, userId: 'ada' });
    expect(run.trace[0]).toMatchObject({ step: 'inbox', code: 'message.made', detail: { state: 'delivered' } });
    const counts = await app.call('GET', '/v1/inbox/counts', { as: await app.home.user('ada') });
    if (counts.status === 200) expect(JSON.stringify(counts.body)).toContain('"unread":1');
  });

  it('2 · a recipient who is not known yet is stored as described, and reached', async () => {
    await story.start('hello', { id: 'new', email: 'new@example.com', name: 'New' }, { what: 'welcome' });
    await story.settle();
    const { body } = await app.call('GET', '/v1/users/new');
    expect(body).toMatchObject({ email: 'new@example.com', name: 'New' });
    expect(await story.titles('new')).toEqual(['Hi New, welcome']);
  });

  it('3 · what a description leaves out stays as it is, null removes', async () => {
    const user = async () => (await app.call('GET', '/v1/users/new')).body;
    await story.start('hello', { id: 'new' });
    await story.start('hello', 'new');
    expect(await user()).toMatchObject({ email: 'new@example.com' });
    await story.start('hello', { id: 'new', email: null });
    expect(await user()).toMatchObject({ email: null, name: 'New' });
  });

  it('4 · an unknown workflow is refused and nothing is stored', async () => {
    const answer = await app.call('POST', '/v1/workflows/nothing/trigger', { body: { to: 'nobody-yet' } });
    expect([answer.status, answer.body.code]).toEqual([422, 'workflow.not_found']);
    expect((await app.call('GET', '/v1/users/nobody-yet')).status).toBe(404);
  });

  it('5 · a workflow that is not published, or switched off, accepts and says that it starts nothing', async () => {
    await app.call('PUT', '/v1/workflows/idle', { body: { name: 'Idle', steps: [inApp('a', 'x')] } });
    const status = async () =>
      (await app.call('POST', '/v1/workflows/idle/trigger', { body: { to: 'ada' } })).body.status;
    expect(await status()).toBe('not_active');
    await app.call('POST', '/v1/workflows/idle/publish', { body: {} });
    expect(await status()).toBe('accepted');
    await app.call('POST', '/v1/workflows/idle/active', { body: { active: false } });
    expect(await status()).toBe('not_active');
    await app.call('DELETE', '/v1/workflows/idle');
    expect(await status()).toBe('not_active');
    expect((await story.send('nobody.listens', 'ada')).status).toBe('no_workflow');
  });

  it('6 · a payload is checked against the schema, and its defaults are filled in', async () => {
    await story.define({
      key: 'strict',
      name: 'Strict',
      payload: {
        type: 'object',
        properties: { amount: { type: 'number' }, currency: { type: 'string', default: 'EUR' } },
        required: ['amount'],
      },
      steps: [inApp('a', '{{ payload.amount }} {{ payload.currency }}')],
    });
    const bad = await app.call('POST', '/v1/workflows/strict/trigger', { body: { to: 'sam', payload: {} } });
    expect([bad.status, bad.body.code, bad.body.errors[0].field]).toEqual([400, 'request.invalid', '/payload/amount']);
    await story.start('strict', 'sam', { amount: 5 });
    await story.settle();
    expect(await story.titles('sam')).toEqual(['5 EUR']);
  });

  it('7 · of 100 events one bad one fails alone, and 101 are too many', async () => {
    await story.define({
      key: 'bulky',
      name: 'Bulky',
      trigger: { event: 'bulk.sent' },
      steps: [inApp('a', '{{ payload.n }}')],
    });
    const events = Array.from({ length: 100 }, (_, n) =>
      n === 50 ? { name: 'wrong' } : { name: 'bulk.sent', to: `bulk-${n}`, payload: { n } },
    );
    const answer = await app.call('POST', '/v1/events/bulk', { body: { events } });
    expect(answer.status).toBe(202);
    expect(answer.body.results.map((result: { ok: boolean }) => result.ok)).toEqual(events.map((_, n) => n !== 50));
    expect(answer.body.results[50].errors[0].field).toBe('/name');
    expect((await app.call('POST', '/v1/events/bulk', { body: { events: [...events, events[0]] } })).status).toBe(400);
    await story.settle();
    expect(await story.runs('workflow=bulky&state=done')).toHaveLength(99);
    expect(await story.titles('bulk-99')).toEqual(['99']);
  });

  it('8 · the same transaction id twenty times in parallel is one event and one answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        app.call('POST', '/v1/workflows/hello/trigger', {
          body: { to: 'once', payload: { what: 'once' }, transactionId: 'tx-1' },
        }),
      ),
    );
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.body.duplicate)).toHaveLength(19);
    await story.settle();
    expect(await story.titles('once')).toHaveLength(1);
  });

  it('9 · an Idempotency-Key gives the same answer again, and refuses another body', async () => {
    const call = (what: string) =>
      app.call('POST', '/v1/workflows/hello/trigger', {
        body: { to: 'key', payload: { what } },
        headers: { 'idempotency-key': 'k1' },
      });
    const first = await call('a');
    const again = await call('a');
    expect([again.status, again.body.id, again.headers['idempotency-replay']]).toEqual([202, first.body.id, 'true']);
    const other = await call('b');
    expect([other.status, other.body.code]).toEqual([422, 'idempotency.mismatch']);
    const together = await Promise.all(Array.from({ length: 5 }, () => call('a')));
    expect(together.map((answer) => answer.body.id)).toEqual(Array.from({ length: 5 }, () => first.body.id));
    const long = await app.call('POST', '/v1/workflows/hello/trigger', {
      body: { to: 'key', payload: {} },
      headers: { 'idempotency-key': 'k'.repeat(256) },
    });
    expect([long.status, long.body.code]).toEqual([400, 'idempotency.invalid']);
    const stranger = await app.newWorkspace();
    const elsewhere = await app.call('POST', '/v1/events', {
      as: stranger.key,
      body: { name: 'other.thing', to: 'key', payload: {} },
      headers: { 'idempotency-key': 'k1' },
    });
    expect([elsewhere.status, elsewhere.headers['idempotency-replay']]).toEqual([202, undefined]);
    await story.settle();
    expect(await story.titles('key')).toHaveLength(1);
  });

  it('starts every workflow whose event and condition fit, and only those', async () => {
    for (const [key, limit] of [
      ['cheap', 0],
      ['dear', 100],
    ] as const)
      await story.define({
        key,
        name: key,
        trigger: { event: 'order.placed', if: { '>': [{ var: 'payload.total' }, limit] } },
        steps: [inApp('a', key)],
      });
    expect((await story.send('order.placed', 'buyer', { total: 50 })).workflows).toEqual(['cheap']);
    expect((await story.send('order.placed', 'buyer', { total: 500 })).workflows.toSorted()).toEqual(['cheap', 'dear']);
    expect((await story.send('order.placed', 'buyer', {})).status).toBe('no_workflow');
    await story.settle();
    expect((await story.titles('buyer')).toSorted()).toEqual(['cheap', 'cheap', 'dear']);
  });

  it('26 · topics leave out the actor unless named; whoever is in two topics gets it once', async () => {
    for (const topic of ['red', 'blue'])
      await app.call('POST', `/v1/topics/${topic}/subscribers`, { body: { users: ['t1', 't2', 'actor'] } });
    const first = await story.start('hello', [{ topic: 'red' }, { topic: 'blue' }], { what: 'x' }, { actor: 'actor' });
    await story.settle();
    expect((await story.runs(`event=${first}`)).map((run) => run.userId).toSorted()).toEqual(['t1', 't2']);
    const second = await story.start('hello', [{ topic: 'red' }, 'actor'], { what: 'x' }, { actor: 'actor' });
    await story.settle();
    expect((await story.runs(`event=${second}`)).map((run) => run.userId).toSorted()).toEqual(['actor', 't1', 't2']);
    expect((await app.call('GET', `/v1/events/${second}`)).body).toMatchObject({
      state: 'done',
      recipients: 3,
      runs: { done: 3 },
    });
  });

  it('27 · who subscribes twice is subscribed once; an id that is none is refused by its place', async () => {
    const subscribe = (...users: string[]) => app.call('POST', '/v1/topics/green/subscribers', { body: { users } });
    await subscribe('g1');
    await subscribe('g1', 'g1', 'nobody-has-met-me');
    const { items } = (await app.call('GET', '/v1/topics/green/subscribers')).body;
    expect(items.map((one: { userId: string }) => one.userId).toSorted()).toEqual(['g1', 'nobody-has-met-me']);
    const refused = await subscribe('g2', '');
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, '/users/1']);
    const event = await story.start('hello', { topic: 'green' }, { what: 'x' });
    await story.settle();
    expect((await story.runs(`event=${event}`)).map((run) => run.userId)).toHaveLength(2);
  });

  it('runs under way stay on their version; a new one begins with what is published now', async () => {
    await story.define({
      key: 'slow',
      name: 'Slow',
      steps: [{ id: 'd', type: 'delay', for: '1h' }, inApp('a', 'old')],
    });
    await story.start('slow', 'versioned');
    await story.settle();
    await story.define({ key: 'slow', name: 'Slow', steps: [inApp('a', 'new')] });
    await story.start('slow', 'versioned');
    await story.settle();
    expect(await story.titles('versioned')).toEqual(['new']);
    await story.pass(HOUR);
    expect(await story.titles('versioned')).toEqual(['new', 'old']);
  });

  it('19 · a run that waits is cancelled by id, by key and by user; nothing is sent', async () => {
    await story.define({
      key: 'later',
      name: 'Later',
      steps: [{ id: 'd', type: 'delay', for: '1h' }, inApp('a', 'late')],
    });
    const one = await story.start('later', 'c1');
    await story.start('later', 'c2', {}, { cancelKey: 'order-1' });
    await story.start('later', 'c3');
    await story.settle();
    await story.pass(30 * MINUTE);
    const run = await story.run(one);
    expect(run).toMatchObject({
      state: 'waiting',
      step: 'a',
      wakesAt: new Date(app.clock.nowMs() + 30 * MINUTE).toISOString(),
    });
    expect((await app.call('DELETE', `/v1/runs/${run.id}`)).body).toEqual({ cancelled: true });
    expect((await app.call('DELETE', `/v1/runs/${run.id}`)).body).toEqual({ cancelled: false });
    expect((await app.call('DELETE', '/v1/runs/run_01jd0c5m8xk7q2w9v4t6r3n1ab')).status).toBe(404);
    expect((await app.call('POST', '/v1/runs/cancel', { body: { key: 'order-1' } })).body).toEqual({ cancelled: 1 });
    expect((await app.call('POST', '/v1/runs/cancel', { body: { user: 'c3' } })).body).toEqual({ cancelled: 1 });
    await story.pass(HOUR);
    for (const user of ['c1', 'c2', 'c3']) expect(await story.titles(user)).toEqual([]);
    expect(await story.run(one)).toMatchObject({ state: 'cancelled', code: 'run.cancelled' });
  });

  it('20 · an instant that cannot be read fails with its path, one that is over does not wait', async () => {
    await story.define({
      key: 'at',
      name: 'At',
      steps: [{ id: 'd', type: 'delay', untilPath: 'payload.sendAt' }, inApp('a', 'sent')],
    });
    const bad = await story.start('at', 'u20', { sendAt: 'tomorrow' });
    const past = await story.start('at', 'u20', { sendAt: '2020-01-01T00:00:00Z' });
    const future = await story.start('at', 'u20', { sendAt: new Date(app.clock.nowMs() + DAY).toISOString() });
    await story.settle();
    const failed = await story.run(bad);
    expect(failed).toMatchObject({ state: 'failed', code: 'delay.invalid' });
    expect(failed.sentence).toContain('payload.sendAt');
    expect(story.codes(await story.run(past))).toEqual(['delay.past', 'message.made']);
    expect((await story.run(future)).state).toBe('waiting');
    await story.pass(DAY);
    expect(await story.titles('u20')).toEqual(['sent', 'sent']);
  });

  it('waits until a time of day of the user', async () => {
    await app.call('PUT', '/v1/users/kol', { body: { timeZone: 'Asia/Kolkata' } });
    await story.define({
      key: 'morning',
      name: 'Morning',
      steps: [{ id: 'd', type: 'delay', at: '09:00' }, inApp('a', 'x')],
    });
    const event = await story.start('morning', 'kol');
    await story.settle();
    expect((await story.run(event)).wakesAt).toMatch(/T03:30:00/);
  });
});
