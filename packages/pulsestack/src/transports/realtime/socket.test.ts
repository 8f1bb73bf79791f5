import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestWorkspace, testApp } from '../../testing/index.ts';

// Each length of a WebSocket frame's header, and what breaks protocols made of text.
const TEXTS = [
  '',
  'short',
  '"quotes" \\ and \u2028\u2029\uFEFF',
  '🙂 漢字 é',
  '451-["x",{"_placeholder":true,"num":0}]',
  'x'.repeat(119),
  'é'.repeat(200),
  '漢'.repeat(30_000),
];

describe('Socket.IO', () => {
  const open: { close(): unknown }[] = [];
  let app: TestApp;
  let home: TestWorkspace;
  beforeAll(async () => {
    app = await testApp({ database: 'embedded' });
    home = await app.newWorkspace();
  });
  afterAll(() => app.close());
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  async function publish(user: string, data: unknown): Promise<void> {
    const body = { to: { user }, name: 'test.event', data };
    expect((await app.call('POST', '/v1/stream/events', { as: home.key, body })).status).toBe(202);
  }

  interface Reader {
    socket: Socket;
    names: string[];
    data: unknown[];
    cursor: string;
  }

  async function connect(user: string, transports: string[], cursor?: string): Promise<Reader> {
    const token = await home.user(user);
    const socket = io(`${await app.url()}/notifications`, {
      transports,
      auth: { token, ...(cursor ? { cursor } : {}) },
      reconnection: false,
      forceNew: true,
    });
    open.push(socket);
    const reader: Reader = { socket, names: [], data: [], cursor: '' };
    socket.onAny((name: string, data: unknown, at: string | null) => {
      reader.names.push(name);
      if (at) reader.cursor = at;
      if (name === 'test.event') reader.data.push(data);
    });
    await expect.poll(() => reader.names[0]).toBe('ps.open');
    return reader;
  }

  it.each([
    ['WebSocket', ['websocket']],
    ['polling', ['polling']],
    ['an upgrade from polling', ['polling', 'websocket']],
  ])('carries any text over %s, in the order of the log, after ps.open', async (way, transports) => {
    const user = way.replaceAll(' ', '-');
    const reader = await connect(user, transports);
    for (const text of TEXTS) await publish(user, { text });
    await expect.poll(() => reader.data.length).toBe(TEXTS.length);
    expect(reader.data).toEqual(TEXTS.map((text) => ({ text })));
    expect(reader.names.filter((name) => name === 'ps.open')).toHaveLength(1);
  });

  it('sends what is committed together in one order to all, whatever else they read', async () => {
    const readers = [];
    for (const user of ['ann', 'ben', 'ann', 'cid']) readers.push(await connect(user, ['websocket']));
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        app.call('POST', '/v1/stream/events', {
          as: home.key,
          body: { to: n % 5 === 0 ? { user: 'ann' } : { everyone: true }, name: 'test.event', data: { n } },
        }),
      ),
    );
    const [ann, ben, again, cid] = readers;
    await expect.poll(() => [ann, ben, again, cid].map((one) => one?.data.length)).toEqual([60, 48, 60, 48]);
    expect(again?.data).toEqual(ann?.data);
    expect(cid?.data).toEqual(ben?.data);
    expect(ann?.data.filter((data) => (data as { n: number }).n % 5 !== 0)).toEqual(ben?.data);
  });

  it('says ps.reset before what comes, to a reader whose place is not known', async () => {
    const reader = await connect('dan', ['websocket'], 'AAAAAAAA.5');
    await publish('dan', { n: 1 });
    await expect.poll(() => reader.names).toEqual(['ps.open', 'ps.reset', 'test.event']);
  });

  it('loses and doubles nothing for a reader that is cut again and again while it is being admitted', async () => {
    const token = await home.user('eve');
    const url = `${await app.url()}/notifications`;
    const first = await connect('eve', ['websocket']);
    const seen: number[] = [];
    let { cursor } = first;
    first.socket.close();
    let reading = true;
    // Admission is asynchronous, which is where a library's own recovery leaves a hole between history and live.
    const reader = (async () => {
      for (let round = 0; reading; round += 1) {
        const socket = io(url, {
          transports: ['websocket'],
          auth: { token, cursor },
          reconnection: false,
          forceNew: true,
        });
        open.push(socket);
        const enough = seen.length + (round % 7);
        await new Promise<void>((resolve) => {
          socket.on('disconnect', () => resolve());
          socket.onAny((name: string, data: { n: number }, at: string | null) => {
            if (!socket.active) return;
            if (at) cursor = at;
            if (name === 'test.event') seen.push(data.n);
            if (seen.length > enough || !reading) socket.disconnect();
          });
        });
      }
    })();
    for (let n = 0; n < 200; n += 1) await publish('eve', { n });
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(200);
    reading = false;
    await publish('eve', { n: 200 });
    await reader;
    expect(seen.slice(0, 200)).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });
});
