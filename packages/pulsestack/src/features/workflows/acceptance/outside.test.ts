import { createEventStream } from 'pushstream/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type HttpSink, startHttpSink } from '../../../channels/testing/http-sink.ts';
import { databases, type TestApp, testApp, testSettings } from '../../../testing/index.ts';
import { inApp, MINUTE, SECOND, tell } from '../testing/story.ts';

const POLL = { timeout: 15_000, interval: 20 };
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

describe.each(databases)('providers, limits and open tabs, on the %s database', (database) => {
  let app: TestApp;
  let story: ReturnType<typeof tell>;
  const sinks: HttpSink[] = [];
  const tabs: { close(): unknown }[] = [];
  beforeAll(async () => {
    app = await testApp({ database, timers: false });
    story = tell(app);
    await story.define({ key: 'call', name: 'Call', steps: [{ id: 'w', type: 'webhook', body: { n: 1 } }] });
  });
  afterEach(() => {
    for (const tab of tabs.splice(0)) tab.close();
  });
  afterAll(async () => {
    await app.close();
    for (const sink of sinks) await sink.close();
  });

  async function provider(): Promise<HttpSink & { id: string }> {
    const sink = await startHttpSink();
    sinks.push(sink);
    const body = { provider: 'webhook', credentials: { url: sink.url, secret: SECRET } };
    const { id } = (await app.call('POST', '/v1/integrations', { body })).body;
    return Object.assign(sink, { id });
  }
  /** The one message to a user, with its tries. */
  async function messageTo(user: string) {
    const { items } = (await app.call('GET', `/v1/users/${user}/messages`)).body;
    expect(items).toHaveLength(1);
    return (await app.call('GET', `/v1/messages/${items[0].id}`)).body;
  }
  const triesOf = (message: Awaited<ReturnType<typeof messageTo>>) =>
    message.tries.map((one: { outcome: string; status: number }) => `${one.outcome} ${one.status}`);
  async function listen(user: string, cursor?: string) {
    const seen = { titles: [] as string[], cursor: cursor ?? '', close: () => {} };
    const live = Promise.withResolvers<void>();
    const token = await app.home.user(user);
    const stream = createEventStream({
      url: `${await app.url()}/v1/stream`,
      token: async () => token,
      ...(cursor ? { cursor } : {}),
      onEvent: (event) => {
        const { notification } = event.data as { notification?: { title: string } };
        if (notification) seen.titles.push(notification.title);
        seen.cursor = event.cursor;
      },
      onState: (state) => void (state === 'open' && live.resolve()),
    });
    tabs.push(stream);
    seen.close = () => void stream.close();
    await live.promise;
    return seen;
  }
  const hears = (seen: { titles: string[] }, titles: string[]) =>
    expect
      .poll(async () => {
        await app.settle();
        return seen.titles;
      }, POLL)
      .toEqual(titles);

  it('35 · what a provider cannot take is tried again, what it refuses is not, and it says itself when', async () => {
    const sink = await provider();
    sink.script.push({ status: 503 }, { status: 503 });
    await story.start('call', 'patient');
    await app.advance('1m');
    const sent = await messageTo('patient');
    expect([sent.state, triesOf(sent)]).toEqual(['sent', ['retry 503', 'retry 503', 'accepted 200']]);
    sink.script.push({ status: 400 });
    await story.start('call', 'refused');
    await app.advance('1h');
    expect(triesOf(await messageTo('refused'))).toHaveLength(1);
    sink.script.push({ status: 429, headers: { 'retry-after': '120' } });
    await story.start('call', 'asked-to-wait');
    await app.settle();
    const before = sink.requests.length;
    await story.pass(119 * SECOND);
    expect(sink.requests).toHaveLength(before);
    await story.pass(2 * SECOND);
    expect((await messageTo('asked-to-wait')).state).toBe('sent');
    await app.call('DELETE', `/v1/integrations/${sink.id}`);
  });

  it('36 · when the first provider is down the second sends, the message shows both, and the circuit opens', async () => {
    const [down, up] = [await provider(), await provider()];
    await app.call('PUT', '/v1/integrations/order', { body: { ids: [down.id, up.id] } });
    for (let i = 0; i < 20; i++) down.script.push({ status: 500 });
    for (let i = 0; i < 8; i++) {
      await story.start('call', `caller-${i}`);
      await story.settle();
    }
    expect(up.requests).toHaveLength(8);
    expect(triesOf(await messageTo('caller-0'))).toEqual(['retry 500', 'accepted 200']);
    const { health } = (await app.call('GET', `/v1/integrations/${down.id}`)).body;
    expect(health.state).toBe('out');
    expect(down.requests.length).toBeLessThan(8);
  });

  it('40 · who asks too often is told so and for how long; then it works again', async () => {
    const narrow = await testApp({
      database,
      timers: false,
      settings: { rateLimits: { ...testSettings.rateLimits, keyPerMinute: 10 } },
    });
    const ask = (as?: string) => narrow.call('GET', '/v1/topics', as ? { as } : {});
    const answers = [];
    for (let i = 0; i < 30; i++) answers.push(await ask());
    const refused = answers.find((answer) => answer.status === 429);
    expect(refused?.body.code).toBe('request.rate_limited');
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused?.headers['ratelimit-policy']).toMatch(/;q=\d+;w=60/);
    expect(refused?.headers.ratelimit).toMatch(/;r=0;t=\d+/);
    // A person at the dashboard does not wait for a program.
    expect((await ask(narrow.home.owner.token)).status).toBe(200);
    narrow.clock.advance(MINUTE);
    expect((await ask()).status).toBe(200);
    await narrow.close();
  });

  it('41 · a tab that was away gets what it missed once and in order, and then what is new', async () => {
    await story.define({ key: 'say', name: 'Say', steps: [inApp('a', '{{ payload.n }}')] });
    const say = async (n: number) => {
      await story.start('say', 'traveller', { n });
      await app.settle();
    };
    const first = await listen('traveller');
    await say(0);
    await hears(first, ['0']);
    first.close();
    for (const n of [1, 2, 3, 4, 5]) await say(n);
    await story.pass(MINUTE);
    const second = await listen('traveller', first.cursor);
    await say(6);
    await hears(second, ['1', '2', '3', '4', '5', '6']);
  });

  it('writes to the inbox first while a tab is open, and at once by another way when none is', async () => {
    const online = { var: 'presence.online' };
    await story.define({
      key: 'reach',
      name: 'Reach',
      steps: [
        inApp('bell', 'bell'),
        {
          id: 'here',
          type: 'branch',
          branches: [{ name: 'online', if: online, steps: [{ id: 'd', type: 'delay', for: '10m' }] }],
          else: [],
        },
        inApp('fallback', 'fallback', { if: { '!': [{ var: 'steps.bell.seenAt' }] } }),
      ],
    });
    await app.call('PUT', '/v1/users/gone', { body: {} });
    const tab = await listen('here');
    await expect
      .poll(async () => {
        await app.settle();
        return (await app.call('GET', '/v1/users/here/presence')).body.online;
      }, POLL)
      .toBe(true);
    const reach = async (user: string) => {
      const event = await story.start('reach', user);
      await story.settle();
      return event;
    };
    const [here, gone] = [await reach('here'), await reach('gone')];
    expect([await story.titles('here'), (await story.run(here)).state]).toEqual([['bell'], 'waiting']);
    expect((await story.titles('gone')).toSorted()).toEqual(['bell', 'fallback']);
    expect((await story.run(gone)).state).toBe('done');
    await hears(tab, ['bell']);
    const as = await app.home.user('here');
    const [item] = (await app.call('GET', '/v1/inbox', { as })).body.items;
    await app.call('POST', `/v1/inbox/${item.id}/seen`, { as });
    await story.pass(10 * MINUTE);
    expect(await story.titles('here')).toEqual(['bell']);
  });
});
