import { type Counts, createPulseStack, type InboxList, type PulseStack } from '@pulsestack/client';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../packages/pulsestack/src/testing/index.ts';

let app: TestApp;
let url: string;
const open: PulseStack[] = [];

beforeAll(async () => {
  app = await testApp();
  url = await app.url();
});
afterEach(() => {
  for (const stack of open.splice(0)) stack.close();
});
afterAll(() => app.close());

const POLL = { timeout: 10_000 };
let users = 0;

describe('the beginning', () => {
  it('asks nothing of the server before somebody subscribes', async () => {
    const { stack, requests } = await arrange();
    stack.inbox({ state: 'unread' }).getSnapshot();
    stack.counts.getSnapshot();
    stack.connection.getSnapshot();
    expect(requests).toEqual([]);
    stack.counts.subscribe(() => {});
    await expect.poll(() => requests.map(({ path }) => path), POLL).toEqual(['/v1/inbox/counts', '/v1/stream']);
  });

  it('loses nothing that is sent between the first page and the stream', async () => {
    const gate = latch();
    const { stack, user } = await arrange({ before: (path) => (path === '/v1/stream' ? gate.opened : undefined) });
    const inbox = watch(stack.inbox());
    const counts = watch(stack.counts);
    await expect.poll(() => inbox.getSnapshot().state, POLL).toBe('ready');
    await expect.poll(() => counts.getSnapshot()?.unread, POLL).toBe(0);
    await send(user, 'In between');
    gate.open();
    await expect.poll(() => titles(inbox), POLL).toEqual(['In between']);
    expect(counts.getSnapshot()?.unread).toBe(1);
  });

  it('sees a notification once that both the page and the stream bring', async () => {
    const gate = latch();
    const { stack, user } = await arrange({ before: (path) => (path === '/v1/inbox' ? gate.opened : undefined) });
    const counts = watch(stack.counts);
    const inbox = watch(stack.inbox());
    await expect.poll(() => stack.connection.getSnapshot(), POLL).toBe('live');
    await send(user, 'Twice on its way');
    await expect.poll(() => counts.getSnapshot()?.unread, POLL).toBe(1);
    gate.open();
    await expect.poll(() => titles(inbox), POLL).toEqual(['Twice on its way']);
    expect(counts.getSnapshot()).toMatchObject({ unread: 1, unseen: 1 });
  });

  it('refuses a secret key before it goes anywhere', () => {
    expect(() => createPulseStack({ url, token: app.home.key })).toThrow(/belongs to everyone/);
  });
});

describe('counts', () => {
  it('stay exactly the server’s through whatever happens elsewhere, without being asked for again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 25 }), async (actions) => {
        const { stack, user, token, requests } = await arrange();
        const counts = watch(stack.counts);
        watch(stack.inbox());
        await expect.poll(() => stack.connection.getSnapshot(), POLL).toBe('live');
        const sent: string[] = [];
        for (const one of actions) await act(one, user, token, sent);
        const { body } = await app.call('GET', '/v1/inbox/counts', { as: token });
        await expect.poll(() => plain(counts.getSnapshot()), POLL).toEqual(plain(body));
        expect(requests.filter(({ path }) => path === '/v1/inbox/counts').length).toBeLessThanOrEqual(2);
        stack.close();
      }),
      { numRuns: 15 },
    );
  });

  it('move at once with a change of one’s own, and agree with the server after it', async () => {
    const { stack, user, token } = await arrange();
    for (const category of ['billing', 'billing', 'deploys']) await send(user, category, { category });
    const counts = watch(stack.counts);
    const inbox = watch(stack.inbox());
    await expect.poll(() => counts.getSnapshot()?.unread, POLL).toBe(3);
    await expect.poll(() => inbox.getSnapshot().items.length, POLL).toBe(3);
    const marking = stack.markAll('read', { category: 'billing' });
    expect(counts.getSnapshot()).toMatchObject({
      unread: 1,
      categories: { billing: { unread: 0 }, deploys: { unread: 1 } },
    });
    const change = await marking;
    expect(change.changed).toBe(2);
    expect(plain(counts.getSnapshot())).toEqual(plain((await app.call('GET', '/v1/inbox/counts', { as: token })).body));
    await change.undo();
    await expect.poll(() => counts.getSnapshot()?.unread, POLL).toBe(3);
  });
});

describe('lists', () => {
  it('agree with each other', async () => {
    const { stack, user } = await arrange();
    const [first, second] = [await send(user, 'First'), await send(user, 'Second')];
    const lists = {
      all: watch(stack.inbox()),
      unread: watch(stack.inbox({ state: 'unread' })),
      archived: watch(stack.inbox({ state: 'archived' })),
    };
    const shown = () =>
      Object.fromEntries(
        Object.entries(lists).map(([name, list]) => [
          name,
          list
            .getSnapshot()
            .items.map(({ id }) => id)
            .sort(),
        ]),
      );
    await expect.poll(() => shown().unread?.length, POLL).toBe(2);
    await expect.poll(() => lists.archived.getSnapshot().state, POLL).toBe('ready');
    void stack.read(first);
    expect(shown()).toEqual({ all: [first, second].sort(), unread: [second], archived: [] });
    const archiving = stack.archive(second);
    expect(shown()).toEqual({ all: [first], unread: [], archived: [second] });
    await (await archiving).undo();
    expect(shown()).toEqual({ all: [first, second].sort(), unread: [second], archived: [] });
  });

  it('hear what another device did with something that was not loaded here', async () => {
    const { stack, user, token } = await arrange();
    const id = await send(user, 'Long ago');
    const archived = watch(stack.inbox({ state: 'archived' }));
    await expect.poll(() => archived.getSnapshot().state, POLL).toBe('ready');
    await expect.poll(() => stack.connection.getSnapshot(), POLL).toBe('live');
    await app.call('POST', `/v1/inbox/${id}/archive`, { as: token });
    await expect.poll(() => titles(archived), POLL).toEqual(['Long ago']);
  });

  it('go on page by page to the end', async () => {
    const { stack, user } = await arrange();
    for (let number = 1; number <= 60; number += 1) await send(user, `Number ${number}`);
    const inbox = watch(stack.inbox());
    await expect.poll(() => inbox.getSnapshot().items.length, POLL).toBe(25);
    await inbox.loadMore();
    await inbox.loadMore();
    expect(inbox.getSnapshot()).toMatchObject({ hasMore: false, isLoadingMore: false });
    expect(new Set(titles(inbox)).size).toBe(60);
  });

  it('hold back what arrives while they are held', async () => {
    const { stack, user } = await arrange();
    await send(user, 'There before');
    const inbox = watch(stack.inbox());
    await expect.poll(() => titles(inbox), POLL).toEqual(['There before']);
    await expect.poll(() => stack.connection.getSnapshot(), POLL).toBe('live');
    inbox.hold(true);
    await send(user, 'Arrived');
    await expect.poll(() => inbox.getSnapshot().pending.map(({ title }) => title), POLL).toEqual(['Arrived']);
    expect(titles(inbox)).toEqual(['There before']);
    inbox.showPending();
    expect(titles(inbox).sort()).toEqual(['Arrived', 'There before']);
    expect(inbox.getSnapshot().pending).toEqual([]);
  });

  it('begin anew when the history of the stream is gone', async () => {
    let breaks = 0;
    const { stack, user } = await arrange({
      alter: (path, headers) => {
        if (path === '/v1/stream' && breaks++ === 0) headers.set('last-event-id', 'aaaaaaaa.zz');
      },
      before: async (path) => {
        if (path === '/v1/stream' && breaks === 0) await send(user, 'Missed by the stream');
      },
    });
    const inbox = watch(stack.inbox());
    await expect.poll(() => titles(inbox), POLL).toEqual(['Missed by the stream']);
    expect(breaks).toBe(1);
  });
});

describe('a change', () => {
  it('is taken back whole when the server does not know the item', async () => {
    const { stack, user } = await arrange();
    const id = await send(user, 'Gone elsewhere');
    const inbox = watch(stack.inbox());
    const counts = watch(stack.counts);
    await expect.poll(() => titles(inbox), POLL).toEqual(['Gone elsewhere']);
    await expect.poll(() => counts.getSnapshot()?.unread, POLL).toBe(1);
    const refused = stack.snooze(id, new Date(0));
    expect(titles(inbox)).toEqual([]);
    expect(counts.getSnapshot()?.unread).toBe(0);
    await expect(refused).rejects.toMatchObject({ code: 'request.invalid', fields: [{ field: '/until' }] });
    expect(titles(inbox)).toEqual(['Gone elsewhere']);
    expect(counts.getSnapshot()?.unread).toBe(1);
  });

  it('is told of once per second for all that was seen', async () => {
    const { stack, user, requests } = await arrange();
    const ids = [await send(user, 'One'), await send(user, 'Two')];
    const counts = watch(stack.counts);
    const inbox = watch(stack.inbox());
    await expect.poll(() => inbox.getSnapshot().items.length, POLL).toBe(2);
    stack.seen(ids.slice(0, 1));
    stack.seen(ids);
    await expect.poll(() => counts.getSnapshot()?.unseen, POLL).toBe(0);
    stack.seen(ids);
    expect(requests.filter(({ path }) => path === '/v1/inbox/mark')).toHaveLength(1);
  });

  it('records an action with its result', async () => {
    const { stack, user } = await arrange();
    const id = await send(user, 'Approve?', { actions: [{ id: 'approve', label: 'Approve' }] });
    const inbox = watch(stack.inbox());
    await expect.poll(() => inbox.getSnapshot().items.length, POLL).toBe(1);
    await stack.press(id, 'approve', { by: 'thumb' });
    expect(inbox.getSnapshot().items[0]).toMatchObject({
      action: { id: 'approve', result: { by: 'thumb' } },
      readAt: expect.any(String),
    });
  });
});

describe('a token', () => {
  it('that expires is replaced while the page stays open, and nothing is lost', async () => {
    const { stack, user, minted } = await arrange();
    const inbox = watch(stack.inbox());
    await expect.poll(() => stack.connection.getSnapshot(), POLL).toBe('live');
    app.clock.advance(25 * 60 * 60 * 1000);
    await send(user, 'After midnight');
    await inbox.refetch();
    await expect.poll(() => titles(inbox), POLL).toEqual(['After midnight']);
    expect(minted()).toBeGreaterThan(1);
  });
});

it('nothing is asked any more after close', async () => {
  const { stack, requests } = await arrange();
  watch(stack.counts);
  await expect.poll(() => stack.connection.getSnapshot(), POLL).toBe('live');
  stack.close();
  const asked = requests.length;
  await send('nobody-in-particular', 'Unheard');
  expect(requests.length).toBe(asked);
});

type Action = {
  do: 'send' | 'broadcast' | 'retract' | 'read' | 'unread' | 'archive' | 'delete' | 'readAll';
  pick: number;
};
const action: fc.Arbitrary<Action> = fc.record({
  do: fc.constantFrom('send', 'send', 'send', 'broadcast', 'retract', 'read', 'unread', 'archive', 'delete', 'readAll'),
  pick: fc.nat(20),
});

async function act({ do: what, pick }: Action, user: string, token: string, sent: string[]): Promise<void> {
  const category = pick % 2 === 0 ? 'billing' : 'deploys';
  const id = sent[pick % Math.max(1, sent.length)];
  if (what === 'send') sent.push(await send(user, 'For one', { category }));
  else if (what === 'broadcast') sent.push(await send({ everyone: true }, 'For all', { category }));
  else if (what === 'readAll') await app.call('POST', '/v1/inbox/mark', { as: token, body: { mark: 'read' } });
  else if (id === undefined) return;
  else if (what === 'retract') await app.call('DELETE', `/v1/notifications/${id}`);
  else if (what === 'delete') await app.call('DELETE', `/v1/inbox/${id}`, { as: token });
  else await app.call('POST', `/v1/inbox/${id}/${what}`, { as: token });
}

interface Arranged {
  before?(path: string): Promise<void> | undefined;
  alter?(path: string, headers: Headers): void;
}

/** A new user with a client of theirs whose requests are listed, held back or altered. */
async function arrange({ before, alter }: Arranged = {}) {
  users += 1;
  const user = `client-${users}`;
  const token = await app.home.user(user);
  const requests: { path: string; method: string }[] = [];
  let minted = 0;
  const stack = createPulseStack({
    url,
    token: async () => {
      minted += 1;
      return app.home.user(user);
    },
    fetch: async (input, init) => {
      const path = new URL(String(input)).pathname;
      await before?.(path);
      const headers = new Headers(init?.headers);
      alter?.(path, headers);
      requests.push({ path, method: init?.method ?? 'GET' });
      return fetch(input, { ...init, headers });
    },
  });
  open.push(stack);
  return { stack, user, token, requests, minted: () => minted };
}

async function send(to: unknown, title: string, content: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await app.call('POST', '/v1/notify', { body: { to, title, ...content } });
  if (status !== 202) throw new Error(`not sent: ${JSON.stringify(body)}`);
  return body.id;
}

function watch<Store extends { subscribe(listener: () => void): () => void }>(store: Store): Store {
  store.subscribe(() => {});
  return store;
}

function titles(list: InboxList): string[] {
  return list.getSnapshot().items.map(({ title }) => title);
}

/** Counts without the categories that are empty: whether they are named is of no meaning. */
function plain(counts: Counts | null) {
  if (!counts) return null;
  const categories = Object.entries(counts.categories).filter(([, { unread, unseen }]) => unread > 0 || unseen > 0);
  return { unread: counts.unread, unseen: counts.unseen, categories: Object.fromEntries(categories) };
}

function latch() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}
