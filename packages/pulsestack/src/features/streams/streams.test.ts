import { Client } from 'pg';
import { createEventStream } from 'pushstream/client';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { databases, type TestApp, type TestWorkspace, testApp } from '../../testing/index.ts';

interface Seen {
  titles: string[];
  cursor: string;
  names: string[];
}

describe.each(databases)('streams on the %s database', (database) => {
  const open: { close(): unknown }[] = [];
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ database });
  });
  afterAll(() => app.close());
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  /** Reads the event stream as a browser would; resolves once it is live. */
  async function read(token: string, cursor?: string): Promise<Seen> {
    const seen: Seen = { titles: [], cursor: cursor ?? '', names: [] };
    const live = Promise.withResolvers<void>();
    const stream = createEventStream({
      url: `${await app.url()}/v1/stream`,
      token: async () => token,
      ...(cursor ? { cursor } : {}),
      onEvent: (event) => {
        seen.names.push(event.name);
        seen.cursor = event.cursor;
        const data = event.data as { notification?: { title: string } };
        if (data.notification) seen.titles.push(data.notification.title);
      },
      onState: (state) => {
        if (state === 'open') live.resolve();
      },
    });
    open.push(stream);
    await live.promise;
    return seen;
  }

  async function connect(
    token: string,
    cursor?: string,
  ): Promise<{ socket: Socket; titles: string[]; cursor: string; names: string[] }> {
    const socket = io(`${await app.url()}/notifications`, {
      transports: ['websocket'],
      auth: { token, ...(cursor ? { cursor } : {}) },
      reconnection: false,
      forceNew: true,
    });
    open.push(socket);
    const seen = { socket, titles: [] as string[], cursor: '', names: [] as string[] };
    const opened = Promise.withResolvers<void>();
    socket.onAny((name: string, data: { notification?: { title: string } }, cursor: string | null) => {
      seen.names.push(name);
      if (cursor) seen.cursor = cursor;
      if (name === 'ps.open') opened.resolve();
      if (data.notification) seen.titles.push(data.notification.title);
    });
    socket.on('connect_error', opened.reject);
    await opened.promise;
    return seen;
  }

  const notify = async (workspace: TestWorkspace, to: unknown, title: string) => {
    const answer = await app.call('POST', '/v1/notify', { as: workspace.key, body: { to, title } });
    expect(answer.status).toBe(202);
  };

  it('pushes what concerns a user, in the order of the log, and nothing else', async () => {
    const home = await app.newWorkspace();
    const ada = await read(await home.user('ada'));
    const ben = await read(await home.user('ben'));
    await notify(home, 'ada', 'one');
    await notify(home, 'ben', 'not for ada');
    await notify(home, { everyone: true }, 'for everyone');
    await notify(home, ['ada', 'ben'], 'both');
    await expect.poll(() => ada.titles).toEqual(['one', 'for everyone', 'both']);
    await expect.poll(() => ben.titles).toEqual(['not for ada', 'for everyone', 'both']);
  });

  it('never shows one workspace to another, whatever users and cursors they share', async () => {
    const home = await app.newWorkspace();
    const other = await app.newWorkspace();
    const mine = await read(await home.user('ada'));
    await notify(home, 'ada', 'mine');
    await expect.poll(() => mine.titles).toEqual(['mine']);
    const theirs = await read(await other.user('ada'), mine.cursor);
    await notify(home, { everyone: true }, 'ours');
    await notify(other, 'ada', 'theirs');
    await expect.poll(() => theirs.titles).toEqual(['theirs']);
    await expect.poll(() => mine.titles).toEqual(['mine', 'ours']);
  });

  it('resumes from the cursor of a page without a gap, even for what came between page and stream', async () => {
    const home = await app.newWorkspace();
    const token = await home.user('ada');
    await notify(home, 'ada', 'on the page');
    await expect.poll(async () => (await app.call('GET', '/v1/inbox', { as: token })).body.items.length).toBe(1);
    const page = await app.call('GET', '/v1/inbox', { as: token });
    await notify(home, 'ada', 'between');
    const ada = await read(token, page.body.cursor);
    await notify(home, 'ada', 'live');
    await expect.poll(() => ada.titles.filter((title) => title !== 'on the page')).toEqual(['between', 'live']);
  });

  it('serves Socket.IO with the same events and cursors, in rooms of the workspace and the user', async () => {
    const home = await app.newWorkspace();
    const token = await home.user('ada');
    const first = await connect(token);
    await notify(home, 'ada', 'one');
    await expect.poll(() => first.titles).toEqual(['one']);
    first.socket.close();
    await notify(home, 'ada', 'while away');
    await notify(home, { everyone: true }, 'everyone, while away');
    const second = await connect(token, first.cursor);
    await notify(home, 'ada', 'back');
    await expect.poll(() => second.titles).toEqual(['while away', 'everyone, while away', 'back']);
    const sse = await read(token, first.cursor);
    await expect.poll(() => sse.titles).toEqual(['while away', 'everyone, while away', 'back']);
  });

  it('refuses sockets and streams without a token that may read an inbox', async () => {
    const home = await app.newWorkspace();
    await expect(connect('')).rejects.toMatchObject({ data: { code: 'auth.invalid' } });
    await expect(connect(home.key)).rejects.toMatchObject({ data: { code: 'auth.required' } });
    await expect(connect('not.a.token')).rejects.toMatchObject({ data: { code: 'auth.invalid' } });
    expect((await app.call('GET', '/v1/stream', { as: null })).body.code).toBe('auth.required');
    expect((await app.call('GET', '/v1/stream')).body.code).toBe('auth.forbidden');
    expect((await app.call('GET', '/v1/stream', { as: 'x.y.z' })).body.code).toBe('auth.invalid');
  });

  it('ends the streams of a session at once when it is revoked', async () => {
    const home = await app.newWorkspace();
    const member = await home.member('admin');
    const stream = await connect(member.token);
    const gone = new Promise((resolve) => stream.socket.on('disconnect', resolve));
    const removed = await app.call('DELETE', `/v1/members/${member.memberId}`, { as: home.owner.token });
    expect(removed.status).toBe(204);
    await gone;
    await expect(connect(member.token)).rejects.toMatchObject({ data: { status: 401 } });
  });

  it('ends the streams of a member with the token, should the news of a revocation get lost', async () => {
    const home = await app.newWorkspace();
    const member = await home.member('admin');
    const stream = await connect(member.token);
    const gone = new Promise((resolve) => stream.socket.on('disconnect', resolve));
    app.clock.advance(11 * 60_000);
    await gone;
    expect(stream.names.at(-1)).toBe('ps.expired');
  });

  // Only a server has other sessions to race with; on the embedded database there is nothing to test, and nothing skipped.
  if (database === 'server')
    it('survives a database that does not answer when news of a log arrives', async () => {
      const home = await app.newWorkspace();
      const ada = await read(await home.user('ada'));
      const messenger = new Client(app.runtime.database.pool.options);
      await messenger.connect();
      open.push({ close: () => messenger.end() });
      const connecting = vi
        .spyOn(app.runtime.database.pool, 'connect')
        .mockImplementation(() => Promise.reject(new Error('timeout exceeded when trying to connect')));
      try {
        // The log must be asked about another epoch, and a failure nobody waits for would end the process, and this test.
        const news = JSON.stringify([[home.id, 'another-epoch', 1_000_000]]);
        await messenger.query("select pg_notify('pulsestack_streams_advanced', $1)", [news]);
        await expect.poll(() => connecting.mock.calls.length, { timeout: 10_000 }).toBeGreaterThan(4);
      } finally {
        connecting.mockRestore();
      }
      await notify(home, 'ada', 'after');
      await expect.poll(() => ada.titles).toEqual(['after']);
    });

  it('shows operators what is sent, and users not', async () => {
    const home = await app.newWorkspace();
    const owner = await read(home.owner.token);
    const ada = await read(await home.user('ada'));
    await notify(home, 'ada', 'hello');
    await expect.poll(() => owner.names).toContain('notification.published');
    await expect.poll(() => ada.names).toEqual(['notification.created']);
  });

  it('tells a reader with a cursor of another log to read again, and goes on live', async () => {
    const home = await app.newWorkspace();
    const response = await fetch(`${await app.url()}/v1/stream`, {
      headers: { authorization: `Bearer ${await home.user('ada')}`, 'last-event-id': 'AAAAAAAA.5' },
    });
    expect(response.headers.get('pulsestack-replay')).toMatch(/^reset/);
    const reader = response.body?.getReader();
    const chunk = new TextDecoder().decode((await reader?.read())?.value);
    expect(chunk).toContain('ps.open');
    await reader?.cancel();
  });

  it('answers a browser of an allowed origin only', async () => {
    const preflight = await app.call('OPTIONS', '/v1/stream', {
      as: null,
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
  });
});
