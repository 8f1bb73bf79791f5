import { eventually, startNats } from '@pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNatsBus } from '../../adapters/nats/bus.ts';
import type { BusMessage } from '../../ports/bus.ts';
import { silentLog } from '../../ports/log.ts';
import { type TestApp, testApp } from '../../testing/index.ts';
import { inApp, tell } from '../workflows/testing/story.ts';

let app: TestApp;
let count = 0;

beforeAll(async () => {
  app = await testApp({
    timers: false,
    settings: { bus: { topic: 'pulsestack.events', allowedTopics: ['{workspace}.*', 'shared.*'] } },
  });
  await tell(app).define({
    key: 'order',
    name: 'Order',
    trigger: { event: 'order.placed' },
    steps: [inApp('tell', 'Thanks for {{ payload.item }}')],
  });
});
afterAll(() => app.close());

const topicOf = (name: string) => `${app.home.id}.${name}`;

async function source(user: string, body: object = {}) {
  const made = await app.call('POST', '/v1/event-sources', { body: { name: 'Orders', topic: topicOf(user), ...body } });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  await app.settle();
  return made.body.id as string;
}

async function produce(user: string, value: unknown, headers: Record<string, string> = {}) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  await app.runtime.bus.publish(topicOf(user), [{ key: 'k', value: text, headers, id: `message ${count++}` }]);
}

/** What a reader of a topic has got, from its beginning. */
async function listen(topic: string): Promise<BusMessage[]> {
  const heard: BusMessage[] = [];
  await app.runtime.bus.subscribe(topic, `test ${count++}`, async (messages) => void heard.push(...messages), {
    from: 'earliest',
  });
  return heard;
}

const stateOf = async (id: string) => (await app.call('GET', `/v1/event-sources/${id}`)).body;
const worked = (id: string, messages: number) =>
  eventually(`${messages} messages`, async () => {
    const state = await stateOf(id);
    return state.received >= messages && state;
  });

async function titles(user: string): Promise<string[]> {
  await tell(app).settle();
  return tell(app).titles(user);
}

const order = (user: string, id: string, item: string, more: object = {}) => ({
  specversion: '1.0',
  id,
  source: `/shop/${user}`,
  type: 'order.placed',
  subject: user,
  data: { item },
  ...more,
});

describe('what comes over the bus', () => {
  it('starts workflows with CloudEvents in both modes, each once however often it is delivered', async () => {
    const id = await source('ada');
    const structured = { 'content-type': 'application/cloudevents+json' };
    await produce('ada', order('ada', '1', 'a lamp'), structured);
    await produce('ada', order('ada', '1', 'a lamp'), structured);
    const binary = {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_type: 'order.placed',
      ce_source: '/shop/ada',
    };
    await produce('ada', { item: 'a chair' }, { ...binary, ce_id: '2', ce_subject: 'ada' });
    await worked(id, 3);
    expect((await titles('ada')).sort()).toEqual(['Thanks for a chair', 'Thanks for a lamp']);
    // The same event over HTTP is the same event.
    const again = await app.call('POST', '/v1/events', { body: order('ada', '1', 'a lamp') });
    expect([again.status, again.body.duplicate]).toEqual([202, true]);
  });

  it('makes events of any JSON by a mapping', async () => {
    const id = await source('bob', {
      mapping: {
        name: { path: 'headers.kind' },
        prefix: 'order',
        to: { path: 'body.customer' },
        payload: 'body.order',
        transactionId: 'body.order.number',
        if: { '!=': [{ var: 'body.test' }, true] },
      },
    });
    const message = { customer: 'bob', order: { number: 7, item: 'a lamp' } };
    await produce('bob', message, { Kind: 'placed' });
    await produce('bob', message, { Kind: 'placed' });
    await produce('bob', { ...message, test: true, order: { number: 8, item: 'nothing' } }, { Kind: 'placed' });
    const state = await worked(id, 3);
    expect([state.refused, state.lastError]).toEqual([0, null]);
    expect(await titles('bob')).toEqual(['Thanks for a lamp']);
  });

  it('lists what makes no event with the reason, puts it on the topic of the dead, and goes on', async () => {
    const id = await source('cleo');
    const dead = await listen(`${topicOf('cleo')}.dead`);
    await produce('cleo', 'not json \u0000');
    await produce('cleo', order('cleo', 'nul', '\u0000'));
    await produce('cleo', { hello: 'world' });
    await produce('cleo', order('cleo', 'x', 'a lamp', { type: 'Order Placed' }));
    await produce('cleo', order('cleo', 'x', 'a lamp', { source: `/workspaces/${app.home.id}` }));
    await produce('cleo', order('cleo', 'good', 'a lamp'));
    const state = await worked(id, 6);
    expect(state.refused).toBe(5);
    const { body } = await app.call('GET', `/v1/event-sources/${id}/refusals?limit=3`);
    const rest = await app.call('GET', `/v1/event-sources/${id}/refusals?cursor=${body.nextCursor}`);
    const reasons = [...body.items, ...rest.body.items].map((one: { reason: string }) => one.reason);
    expect(reasons).toHaveLength(5);
    expect(reasons.join()).toContain('NUL or half characters');
    expect(reasons.join()).toContain('not JSON');
    expect(reasons.join()).toContain('no CloudEvent 1.0, and the source has no mapping');
    expect(reasons.join()).toContain('type must be domain.action');
    expect(reasons.join()).toContain('go round in circles');
    await eventually('the dead', () => dead.length === 5);
    expect(dead[2]?.value.toString()).toBe('{"hello":"world"}');
    expect(decodeURIComponent(dead[2]?.headers['pulsestack-reason'] ?? '')).toContain('no CloudEvent');
    expect(await titles('cleo')).toEqual(['Thanks for a lamp']);
  });

  it('notes a message whose excerpt or key ends in the middle of a character', async () => {
    const id = await source('emil');
    const text = `${'x'.repeat(499)}😀`;
    await app.runtime.bus.publish(topicOf('emil'), [
      { key: `\u0000${'k'.repeat(253)}😀`, value: text, headers: {}, id: `message ${count++}` },
    ]);
    const state = await worked(id, 1);
    expect(state.refused).toBe(1);
    const { body } = await app.call('GET', `/v1/event-sources/${id}/refusals`);
    expect(body.items[0]).toMatchObject({ excerpt: `${'x'.repeat(499)}\uFFFD`, key: `\uFFFD${'k'.repeat(253)}\uFFFD` });
  });

  it('pauses, goes on where it stopped, and ends', async () => {
    const id = await source('dora');
    await app.call('PATCH', `/v1/event-sources/${id}`, { body: { active: false } });
    await app.settle();
    await produce('dora', order('dora', '1', 'a lamp'));
    expect(await titles('dora')).toEqual([]);
    const resumed = await app.call('PATCH', `/v1/event-sources/${id}`, { body: { active: true } });
    expect(resumed.body).toMatchObject({ active: true, received: 0 });
    await app.settle();
    await worked(id, 1);
    expect(await titles('dora')).toEqual(['Thanks for a lamp']);
    expect((await app.call('DELETE', `/v1/event-sources/${id}`)).status).toBe(204);
    await app.settle();
    await produce('dora', order('dora', '2', 'a chair'));
    expect(await titles('dora')).toEqual(['Thanks for a lamp']);
  });

  it('lets a workspace use its own topics, and neither those of another nor the common one', async () => {
    const other = await app.newWorkspace();
    for (const path of ['/v1/event-sources', '/v1/event-sinks']) {
      for (const topic of [
        `${other.id}.orders`,
        'pulsestack.events',
        'pulsestack.events.dead',
        'orders',
        app.home.id,
      ]) {
        const refused = await app.call('POST', path, { body: { name: 'Theirs', topic } });
        expect([refused.status, refused.body.code, refused.body.errors[0].field], topic).toEqual([
          400,
          'request.invalid',
          '/topic',
        ]);
      }
      expect((await app.call('POST', path, { body: { name: 'Shared', topic: 'shared.orders' } })).status).toBe(201);
    }
    expect((await app.call('GET', '/v1/bus')).body).toEqual({
      kind: 'memory',
      healthy: true,
      topics: [`${app.home.id}.*`, 'shared.*'],
    });
  });
});

describe('what cannot be carried on', () => {
  it('does not keep what comes behind it waiting', async () => {
    const nats = await startNats();
    const bus = await openNatsBus({ url: nats.url, log: silentLog, drainMs: 300 });
    const served = await testApp({ timers: false, bus });
    try {
      const topic = `${served.home.id}.orders`;
      const made = await served.call('POST', '/v1/event-sources', { body: { name: 'Orders', topic } });
      await served.settle();
      const dead: BusMessage[] = [];
      await bus.subscribe(`${topic}.dead`, 'test', async (messages) => void dead.push(...messages), {
        from: 'earliest',
      });
      const produce = (id: string, value: Buffer | string) =>
        bus.publish(topic, [{ key: 'k', id, value, headers: {} }]);
      // As large as the broker takes, so that nothing more fits beside it; and bytes that are no text.
      const full = Buffer.alloc(1024 * 1024 - 120, 0xff);
      const bytes = Buffer.from([0xff, 0x00, 0xfe]);
      await produce('1', full);
      await produce('2', bytes);
      await produce('3', JSON.stringify(order('ada', '3', 'a lamp')));
      await eventually('all three', async () => {
        const { body } = await served.call('GET', `/v1/event-sources/${made.body.id}`);
        return body.received === 3 && body.refused === 2;
      });
      await eventually('the dead', () => dead.length === 2);
      expect(
        dead.map((one) => [one.value.length, one.headers['pulsestack-position'], one.headers['pulsestack-cut']]),
      ).toEqual([
        [0, '1', 'true'],
        [3, '2', undefined],
      ]);
      expect(dead[1]?.value.equals(bytes)).toBe(true);
    } finally {
      await served.close();
      await nats.close();
    }
  });
});

describe('what goes out over the bus', () => {
  it('puts every event of every log on the common topic, in order, as CloudEvents', async () => {
    await app.call('POST', '/v1/notify', {
      body: { to: 'ada', title: 'Hi' },
      headers: { 'x-request-id': 'req_of_the_test' },
    });
    const stranger = await app.newWorkspace();
    await app.call('POST', '/v1/notify', { as: stranger.key, body: { to: 'bob', title: 'Theirs' } });
    await app.settle();
    const heard = await listen('pulsestack.events');
    await eventually('both', () => heard.length >= 2);
    const own = heard.filter((one) => one.key === app.home.id).map((one) => JSON.parse(one.value.toString()));
    const log = await app.call('GET', '/v1/stream/events?limit=100');
    const ids = own.map((one) => one.id);
    for (const { cursor } of log.body.items) expect(ids).toContain(cursor);
    const told = own.find((one) => one.correlationid === 'req_of_the_test' && one.type === 'notification.created');
    expect(told).toMatchObject({
      specversion: '1.0',
      source: `/workspaces/${app.home.id}`,
      subject: 'ada',
      workspace: app.home.id,
      correlationid: 'req_of_the_test',
      datacontenttype: 'application/json',
    });
    expect(new Date(told.time).toISOString()).toBe(told.time);
    expect(told.data).toMatchObject({ requestId: 'req_of_the_test' });
    const seqs = ids.map((id) => Number.parseInt(id.split('.')[1], 36));
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    const [first] = heard;
    expect(first?.headers).toMatchObject({ 'content-type': 'application/cloudevents+json; charset=UTF-8' });
    await app.settle();
    expect(heard).toHaveLength(new Set(heard.map((one) => one.key + JSON.parse(one.value.toString()).id)).size);
  });

  it('puts what a sink wants on its topic, from its beginning, and nothing of others', async () => {
    await app.call('POST', '/v1/stream/events', { body: { to: { user: 'ada' }, name: 'cart.before', data: {} } });
    await app.settle();
    const made = await app.call('POST', '/v1/event-sinks', {
      body: { name: 'Carts', topic: topicOf('carts'), events: ['cart.*'] },
    });
    const heard = await listen(topicOf('carts'));
    const publish = (name: string, as?: string) =>
      app.call('POST', '/v1/stream/events', {
        ...(as ? { as } : {}),
        body: { to: { user: 'ada' }, name, data: { n: 1 } },
      });
    await publish('cart.filled');
    await publish('basket.filled');
    await publish('cart.filled', (await app.newWorkspace()).key);
    await app.settle();
    await eventually('one event', () => heard.length === 1);
    expect(JSON.parse(heard[0]?.value.toString() ?? '')).toMatchObject({ type: 'cart.filled', data: { n: 1 } });
    await app.call('PATCH', `/v1/event-sinks/${made.body.id}`, { body: { active: false } });
    await publish('cart.emptied');
    await app.settle();
    expect((await app.call('GET', `/v1/event-sinks/${made.body.id}`)).body).toMatchObject({ sent: 1, active: false });
    await app.call('PATCH', `/v1/event-sinks/${made.body.id}`, { body: { active: true } });
    await app.settle();
    await eventually('what happened during the pause', () => heard.length === 2);
    expect((await app.call('GET', `/v1/event-sinks/${made.body.id}`)).body).toMatchObject({
      sent: 2,
      lag: 0,
      lastError: null,
    });
    expect((await app.call('DELETE', `/v1/event-sinks/${made.body.id}`)).status).toBe(204);
    await publish('cart.gone');
    await app.settle();
    expect(heard).toHaveLength(2);
  });
});

describe('CloudEvents over HTTP', () => {
  // The examples of the HTTP protocol binding, with a type that is a name of an event.
  const attributes = {
    specversion: '1.0',
    type: 'com.example.someevent',
    id: '1234-1234-1234',
    source: '/mycontext/subcontext',
  };

  it('takes one in structured mode', async () => {
    const answer = await app.call('POST', '/v1/events', {
      raw: JSON.stringify({
        ...attributes,
        time: '2018-04-05T03:56:24Z',
        datacontenttype: 'application/json',
        data: { a: 1 },
      }),
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    });
    expect([answer.status, answer.body.transactionId]).toEqual([202, '/mycontext/subcontext 1234-1234-1234']);
  });

  it('takes one in binary mode, which is the same event', async () => {
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'ce-specversion': '1.0',
      'ce-type': 'com.example.someevent',
      'ce-time': '2018-04-05T03:56:24Z',
      'ce-id': 'A234-1234-1234',
      'ce-source': '/mycontext/subcontext',
      'ce-subject': 'Ren%C3%A9',
    };
    const answer = await app.call('POST', '/v1/events', { raw: '{"a":1}', headers });
    expect([answer.status, answer.body.transactionId]).toEqual([202, '/mycontext/subcontext A234-1234-1234']);
    const stored = await app.call('GET', `/v1/events/${answer.body.id}`);
    expect(stored.body).toMatchObject({ name: 'com.example.someevent', payload: { a: 1 } });
    expect((await app.call('GET', '/v1/users/Ren%C3%A9')).status).toBe(200);
    expect(
      (await app.call('POST', '/v1/events', { body: { ...attributes, id: 'A234-1234-1234' } })).body.duplicate,
    ).toBe(true);
    const { 'ce-id': _id, ...without } = headers;
    const refused = await app.call('POST', '/v1/events', { raw: '{"a":1}', headers: without });
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, '/id']);
  });

  it('takes a batch, with a result for each', async () => {
    const answer = await app.call('POST', '/v1/events/bulk', {
      raw: JSON.stringify([attributes, { ...attributes, id: '2', type: 'Wrong' }, { ...attributes, id: '3' }]),
      headers: { 'content-type': 'application/cloudevents-batch+json' },
    });
    expect(answer.status).toBe(202);
    expect(answer.body.results.map((one: { ok: boolean }) => one.ok)).toEqual([true, false, true]);
  });

  it('keeps two ids apart that only differ far behind', async () => {
    const long = (end: string) => ({ ...attributes, source: `/${'x'.repeat(250)}`, id: end });
    const one = await app.call('POST', '/v1/events', { body: long('first') });
    const two = await app.call('POST', '/v1/events', { body: long('second') });
    expect([one.body.duplicate, two.body.duplicate, one.body.id === two.body.id]).toEqual([false, false, false]);
  });
});
