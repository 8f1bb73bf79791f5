import { createEventStream, type EventStreamOptions } from 'pushstream/client';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestApp, testApp } from '../../testing/index.ts';

const POLL = { timeout: 15_000 };

interface Seen {
  events: { name: string; data: unknown; cursor: string }[];
  resets: string[];
  states: string[];
}

describe.each(databases)('the log and its readers on the %s database', (database) => {
  const open: { close(): unknown }[] = [];
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database });
  });
  afterAll(() => app.close());
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  async function read(
    query = '',
    options: Partial<EventStreamOptions<Record<string, unknown>>> = {},
    user = 'ada',
  ): Promise<Seen> {
    const seen: Seen = { events: [], resets: [], states: [] };
    const token = await app.home.user(user);
    const stream = createEventStream({
      url: `${await app.url()}/v1/stream${query}`,
      token: async () => token,
      onEvent: (event) => seen.events.push({ ...event }),
      onReset: ({ reason }) => seen.resets.push(reason),
      onState: (state, cause) => seen.states.push(cause ? `${state}: ${cause.message}` : state),
      ...options,
    });
    open.push(stream);
    await expect.poll(() => seen.states.join(), POLL).toMatch(/open|closed/);
    return seen;
  }

  const send = async (to: unknown, name: string, more: object = {}) => {
    const answer = await app.call('POST', '/v1/stream/events', { body: { to, name, data: { n: 1 }, ...more } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    await app.settle();
    return answer.body;
  };
  const names = (seen: Seen) => seen.events.map((event) => event.name);
  const newest = async () => (await app.call('GET', '/v1/stream/events?limit=1')).body.items[0];

  it('sends an event to everyone, a user, or the readers of a topic, as it was given', async () => {
    await app.call('POST', '/v1/topics/chess/subscribers', { body: { users: ['ada'] } });
    const ada = await read('?topic=chess');
    const ben = await read('', {}, 'ben');
    await send({ everyone: true }, 'game.opened');
    await send([{ user: 'ada' }, { topic: 'chess' }], 'move.made', { data: ['e4', 'e5'] });
    await send({ user: 'ben' }, 'game.ended', { data: 'draw' });
    await expect.poll(() => names(ada), POLL).toEqual(['game.opened', 'move.made', 'move.made']);
    await expect.poll(() => names(ben), POLL).toEqual(['game.opened', 'game.ended']);
    expect(ada.events[1]?.data).toEqual(['e4', 'e5']);
    expect(ben.events[1]?.data).toBe('draw');
  });

  it('lets nobody read a topic they are not subscribed to, and ends the reader who leaves it', async () => {
    await app.call('POST', '/v1/topics/poker/subscribers', { body: { users: ['ada'] } });
    const stranger = await read('?topic=poker', {}, 'eve');
    expect(stranger.states.at(-1)).toContain('403');
    const ada = await read('?topic=poker');
    await app.call('POST', '/v1/topics/poker/unsubscribe', { body: { users: ['ada'] } });
    await expect.poll(() => ada.states.at(-1), POLL).toContain('403');
  });

  it('refuses what the catalogue does not know, and names that are its own', async () => {
    await app.call('PUT', '/v1/catalog/door.opened', {
      body: { schema: { type: 'object', properties: { room: { type: 'integer' } }, required: ['room'] } },
    });
    const wrong = await app.call('POST', '/v1/stream/events', {
      body: { to: { everyone: true }, name: 'door.opened', data: { room: 'two' } },
    });
    expect([wrong.status, wrong.body.code, wrong.body.errors[0].field]).toEqual([422, 'event.invalid', '/data/room']);
    const own = await app.call('POST', '/v1/stream/events', { body: { to: { user: 'ada' }, name: 'inbox.changed' } });
    expect([own.status, own.body.errors[0].field]).toEqual([400, '/name']);
  });

  it('filters on the server, and what is left out still moves the cursor', async () => {
    const filter = encodeURIComponent(JSON.stringify({ field: 'tags.level', op: 'gte', value: 3 }));
    const ada = await read(`?filter=${filter}`);
    await send({ user: 'ada' }, 'alarm.raised', { tags: { level: 1 } });
    await send({ user: 'ada' }, 'alarm.raised', { tags: { level: 5 }, data: { n: 5 } });
    await expect.poll(() => ada.events.map((event) => event.data), POLL).toEqual([{ n: 5 }]);
    const replayed = await read(`?filter=${filter}&since=${app.clock.nowMs() - 1}`);
    await expect.poll(() => names(replayed), POLL).toEqual(['alarm.raised']);
    const wrong = await read('?filter=%7B%22field%22%3A1%7D');
    expect(wrong.states.at(-1)).toContain('400');
  });

  it('resumes a client behind what it has acknowledged, and never takes an acknowledgement back', async () => {
    const first = await read('?client=phone');
    for (let n = 1; n <= 3; n += 1) await send({ user: 'ada' }, 'count.raised', { data: { n } });
    await expect.poll(() => first.events.length, POLL).toBe(3);
    const token = await app.home.user('ada');
    const ack = (cursor: unknown) =>
      app.call('POST', '/v1/stream/ack', { as: token, body: { cursor, client: 'phone' } });
    expect((await ack(first.events[1]?.cursor)).status).toBe(204);
    expect((await ack(first.events[0]?.cursor)).status).toBe(204);
    expect((await ack('AAAAAA.1')).body.code).toBe('request.cursor_invalid');
    await app.settle();
    const again = await read('?client=phone');
    await expect.poll(() => again.events.map((event) => event.data), POLL).toEqual([{ n: 3 }]);
  });

  it('keeps 50 clients of a user, and forgets the one that was silent longest', async () => {
    await send({ user: 'ivy' }, 'count.raised');
    const { cursor } = await newest();
    const token = await app.home.user('ivy');
    for (let n = 0; n <= 50; n += 1) {
      const body = { cursor, client: `device-${n}` };
      expect((await app.call('POST', '/v1/stream/ack', { as: token, body })).status).toBe(204);
      app.clock.advance(1);
      if (n % 10 === 0) await app.settle();
    }
    await app.settle();
    await send({ user: 'ivy' }, 'count.raised', { data: 'missed' });
    const [forgotten, kept] = [await read('?client=device-0', {}, 'ivy'), await read('?client=device-1', {}, 'ivy')];
    await expect.poll(() => kept.events.map(({ data }) => data), POLL).toEqual(['missed']);
    expect(forgotten.events).toEqual([]);
  });

  it('refuses an event that is too large, in bytes, and says where', async () => {
    const of = async (data: string) =>
      app.call('POST', '/v1/stream/events', { body: { to: { user: 'ada' }, name: 'page.scanned', data } });
    // With its two quotation marks, and two bytes for each letter.
    expect((await of('é'.repeat(131_071))).status).toBe(202);
    const answer = await of('é'.repeat(131_072));
    expect([answer.status, answer.body.code, answer.body.errors[0].field]).toEqual([413, 'request.too_large', '/data']);
  });

  it('gives an event by its cursor', async () => {
    await send({ user: 'ada' }, 'flag.raised', { tags: { level: 2 }, data: { colour: 'red' } });
    const one = await newest();
    expect(one).toMatchObject({ name: 'flag.raised', data: { colour: 'red' }, tags: { level: 2 }, stream: 'u.ada' });
    expect((await app.call('GET', `/v1/stream/events/${one.cursor}`)).body).toEqual(one);
    expect((await app.call('GET', `/v1/stream/events/${one.cursor}z`)).status).toBe(404);
  });

  it('tells relays whose rights end in their workspace, and nothing of others', async () => {
    const feed = await fetch(`${await app.url()}/v1/stream/feed`, {
      headers: { authorization: `Bearer ${app.home.key}` },
    });
    const reader = feed.body?.pipeThrough(new TextDecoderStream()).getReader();
    open.push({ close: () => reader?.cancel() });
    const leave = async (token: string) => {
      const sessions = await app.call('GET', '/v1/sessions', { as: token });
      await app.call('DELETE', `/v1/sessions/${sessions.body.items[0].id}`, { as: token });
      return sessions.body.items[0].id as string;
    };
    const elsewhere = await (await app.newWorkspace()).member();
    const foreign = await leave(elsewhere.token);
    const own = await leave((await app.home.member()).token);
    let told = '';
    while (!told.includes(own)) told += (await reader?.read())?.value ?? '';
    expect(told).toContain(`{"revoked":{"session":"${own}"}}`);
    expect(told).not.toContain(foreign);
  });

  it('tells who received an event, and forgets a person entirely', async () => {
    const ada = await read('?client=desk');
    const ben = await read('', {}, 'ben');
    await send({ user: 'ada' }, 'secret.told', { data: { of: 'ada' } });
    await send({ everyone: true }, 'rumour.spread', { data: { of: 'ada' }, about: ['ada'] });
    await send({ everyone: true }, 'news.broken');
    await expect.poll(() => ben.events.length, POLL).toBe(2);
    const secret = ada.events[0]?.cursor ?? '';
    for (const one of open.splice(0)) one.close();
    const received = async () => {
      await app.settle();
      return (await app.call('GET', `/v1/stream/deliveries?event=${secret}`)).body.items as {
        userId: string;
        kind: string;
      }[];
    };
    await expect.poll(received, POLL).toMatchObject([{ userId: 'ada', kind: 'handed', client: 'desk' }]);
    expect((await app.call('GET', '/v1/stream/deliveries?user=ben')).body.items.length).toBeGreaterThan(0);

    expect((await app.call('POST', '/v1/users/ada/erase-stream')).status).toBe(202);
    app.clock.advance(1000);
    await app.settle();
    const all = await read(`?since=${app.clock.nowMs() - 3_600_000}`, {}, 'ben');
    await expect.poll(() => names(all), POLL).toContain('news.broken');
    expect(names(all)).not.toContain('rumour.spread');
    const left = JSON.stringify((await app.call('GET', '/v1/stream/events?limit=100')).body);
    expect(left).not.toContain('secret.told');
    expect(left).toContain('news.broken');
    expect((await app.call('GET', `/v1/stream/deliveries?event=${secret}`)).status).toBe(404);
  });

  it('tells of an event who read it: not whose filter left it out, nor who acknowledged something later', async () => {
    const [ada, cleo] = [await read('?client=kiosk'), await read('?client=pad', {}, 'cleo')];
    const filter = encodeURIComponent(JSON.stringify({ field: 'name', op: 'eq', value: 'order.shipped' }));
    const ben = await read(`?filter=${filter}`, {}, 'ben');
    for (const [to, name] of [
      [{ user: 'ada' }, 'order.packed'],
      [{ everyone: true }, 'order.paid'],
      [{ everyone: true }, 'order.shipped'],
    ] as const)
      await send(to, name);
    await expect.poll(() => [ada, cleo, ben].map((one) => one.events.length), POLL).toEqual([3, 2, 1]);
    const [packed, paid, shipped] = ada.events.map(({ cursor }) => cursor);
    const ack = async (user: string, client: string, cursor = '') => {
      const as = await app.home.user(user);
      expect((await app.call('POST', '/v1/stream/ack', { as, body: { cursor, client } })).status).toBe(204);
    };
    await ack('ada', 'kiosk', paid);
    await ack('ada', 'kiosk', shipped);
    await ack('cleo', 'pad', shipped);
    for (const one of open.splice(0)) one.close();
    const told = async (event = '') => {
      await app.settle();
      const { items } = (await app.call('GET', `/v1/stream/deliveries?event=${event}`)).body;
      return (items as { userId: string; kind: string }[]).map((one) => `${one.userId} ${one.kind}`).sort();
    };
    await expect.poll(() => told(packed), POLL).toEqual(['ada acknowledged', 'ada handed']);
    await expect
      .poll(() => told(paid), POLL)
      .toEqual(['ada acknowledged', 'ada handed', 'cleo acknowledged', 'cleo handed']);
    expect(await told(shipped)).toContain('ben handed');
  });

  it('opens one connection with a ticket, in place of a token', async () => {
    const token = await app.home.user('ada');
    const issued = await app.call('POST', '/v1/stream/tickets', { as: token, body: {} });
    expect(issued.status).toBe(200);
    const base = await app.url();
    const get = (ticket: string) =>
      fetch(`${base}/v1/stream?ticket=${encodeURIComponent(ticket)}`, { headers: { accept: 'text/event-stream' } });
    const answer = await get(issued.body.ticket);
    expect(answer.status).toBe(200);
    expect((await get(issued.body.ticket)).status).toBe(401);
    await answer.body?.cancel();
    const other = await app.newWorkspace();
    expect((await get(issued.body.ticket.replace(app.home.id, other.id))).status).toBe(401);
    expect((await get('nonsense')).status).toBe(401);
  });

  it('shows who is connected, and asks them to come back', async () => {
    const ada = await read();
    const socket = io(`${await app.url()}/notifications`, {
      transports: ['websocket'],
      auth: { token: await app.home.user('cleo') },
      forceNew: true,
      reconnection: false,
    });
    open.push(socket);
    const list = async () =>
      (await app.call('GET', '/v1/stream/connections')).body.items as { userId: string; transport: string }[];
    await expect
      .poll(async () => (await list()).map((one) => `${one.userId} ${one.transport}`).sort(), POLL)
      .toEqual(['ada sse', 'cleo socket.io']);
    await app.settle();
    expect((await app.call('GET', '/v1/users/ada/presence')).body).toMatchObject({ online: true, connections: 1 });
    expect((await app.call('GET', '/v1/users/nobody/presence')).status).toBe(404);
    expect((await app.call('POST', '/v1/stream/disconnect', { body: { user: 'ada' } })).status).toBe(202);
    await expect.poll(() => ada.states.filter((state) => state === 'open').length, POLL).toBe(2);
  });

  it('sends an event once more, and tells relays the log as it is', async () => {
    const ada = await read();
    await send({ user: 'ada' }, 'bell.rung', { data: { tone: 'a' } });
    const { cursor } = await newest();
    expect((await app.call('POST', `/v1/stream/events/${cursor}/replay`)).body).toEqual({
      name: 'bell.rung',
      stream: 'u.ada',
    });
    await app.settle();
    await expect.poll(() => ada.events.map((event) => event.data), POLL).toEqual([{ tone: 'a' }, { tone: 'a' }]);
    const { head } = (await app.call('GET', '/v1/stream/log')).body;
    const page = (await app.call('GET', `/v1/stream/log?after=${head - 2}&limit=10`)).body;
    expect(page.events.map((event: { seq: number; name: string }) => [event.seq, event.name])).toEqual([
      [head - 1, 'bell.rung'],
      [head, 'bell.rung'],
    ]);
  });

  it('pages through the log with filters', async () => {
    for (let n = 0; n < 5; n += 1) await send({ user: `pager-${n % 2}` }, 'page.turned', { data: { n } });
    const first = (await app.call('GET', '/v1/stream/events?stream=u.pager-0&name=page.turned&limit=2')).body;
    const second = (
      await app.call('GET', `/v1/stream/events?stream=u.pager-0&name=page.turned&limit=2&cursor=${first.nextCursor}`)
    ).body;
    expect([...first.items, ...second.items].map((item: { data: { n: number } }) => item.data.n)).toEqual([4, 2, 0]);
    expect((await app.call('GET', '/v1/stream/events?cursor=AAAAAA.1')).body.code).toBe('request.cursor_invalid');
  });
});
