import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMark, type Mark } from './marks.ts';
import { createMemory, type Memory, type Pending } from './memory.ts';
import type { Counts, InboxItem, ServerCounts, StreamEvents } from './types.ts';

describe('counts', () => {
  it('end where the server is, whatever happens in whatever order, with no question asked but where they are doubtful', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const server = modelServer();
        const tab = modelTab(server);
        for (const one of steps) act(server, tab, one);
        server.sequence(Number.POSITIVE_INFINITY);
        tab.listen(Number.POSITIVE_INFINITY);
        tab.answerAll();
        if (tab.memory.countsAreDoubtful) tab.recount();
        expect(tab.memory.counts()).toEqual(server.totals());
        expect(tab.memory.countsAreDoubtful).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('are certain without a second question when nothing was retracted and every item is known', () => {
    fc.assert(
      fc.property(fc.array(certainStep, { maxLength: 60 }), (steps) => {
        const server = modelServer();
        const tab = modelTab(server);
        for (const one of steps) act(server, tab, one);
        tab.answerAll();
        server.sequence(Number.POSITIVE_INFINITY);
        tab.listen(Number.POSITIVE_INFINITY);
        const { unread, unseen } = server.totals();
        expect(tab.memory.counts()).toMatchObject({ unread, unseen });
      }),
      { numRuns: 500 },
    );
  });
});

describe('a change on its way', () => {
  it('is forgotten without a trace when the server refuses, even where events came between', () => {
    const server = modelServer();
    const tab = modelTab(server);
    server.send('deploys');
    server.send('billing');
    server.sequence(2);
    tab.listen(2);
    const before = tab.memory.counts();
    const [newest] = tab.memory.view({}, null);
    const pending = tab.begin(newest?.id ?? '', { name: 'delete' });
    expect(tab.memory.view({}, null)).toHaveLength(1);
    expect(tab.memory.counts()?.unread).toBe(1);
    server.send('billing');
    server.sequence(1);
    tab.listen(1);
    tab.memory.drop(pending);
    expect(tab.memory.view({}, null)).toHaveLength(3);
    expect(tab.memory.counts()?.unread).toBe((before?.unread ?? 0) + 1);
  });

  it('does not undo what another tab did later, when its own answer comes last', () => {
    const server = modelServer();
    const tab = modelTab(server);
    server.send('deploys');
    server.sequence(1);
    tab.listen(1);
    const [item] = tab.memory.view({}, null);
    const id = item?.id ?? '';
    const pending = tab.begin(id, { name: 'read' });
    const own = server.mark(id, { name: 'read' });
    server.mark(id, { name: 'unread' });
    server.sequence(2);
    tab.listen(2);
    tab.memory.settle(pending, own);
    expect(tab.memory.find(id)?.readAt).toBeNull();
    expect(tab.memory.counts()?.unread).toBe(1);
  });

  it('leaves one list and enters another at once', () => {
    const server = modelServer();
    const tab = modelTab(server);
    server.send('deploys');
    server.sequence(1);
    tab.listen(1);
    const id = tab.memory.view({ state: 'unread' }, null)[0]?.id ?? '';
    tab.begin(id, { name: 'archive' });
    expect(tab.memory.view({ state: 'unread' }, null)).toEqual([]);
    expect(tab.memory.view({ state: 'archived' }, null).map((item) => item.id)).toEqual([id]);
    expect(tab.memory.counts()).toMatchObject({ unread: 0, unseen: 0 });
  });
});

describe('pages', () => {
  it('do not bring back what an event took away while they were on their way', () => {
    const memory = createMemory();
    const askedAt = memory.now();
    const item = itemOf('ntf_1', 'deploys', 1);
    memory.hear('notification.retracted', { id: item.id });
    memory.takePage([item], askedAt);
    expect(memory.view({}, null)).toEqual([]);
  });

  it('take away what lies within them no more, and leave what lies beyond', () => {
    const memory = createMemory();
    const items = [3, 2, 1].map((number) => itemOf(`ntf_${number}`, 'deploys', number));
    const [newest, middle, oldest] = items as [InboxItem, InboxItem, InboxItem];
    memory.takePage(items, memory.now());
    const to = { deliveredAt: middle.deliveredAt, id: middle.id };
    memory.takePage([newest], memory.now(), { filter: {}, after: null, to });
    expect(memory.view({}, null).map((item) => item.id)).toEqual([newest.id, oldest.id]);
  });
});

type Step =
  | { do: 'send'; category: string }
  | { do: 'broadcast'; category: string }
  | { do: 'retract'; pick: number }
  | { do: 'mark'; pick: number; mark: Mark; here: boolean }
  | { do: 'sequence'; count: number }
  | { do: 'listen'; count: number }
  | { do: 'repeat'; count: number }
  | { do: 'answer' }
  | { do: 'recount' }
  | { do: 'recountSlowly'; count: number };

const category = fc.constantFrom('deploys', 'billing');
const pick = fc.nat(40);
const marks: Mark[] = [
  { name: 'seen' },
  { name: 'read' },
  { name: 'unread' },
  { name: 'archive' },
  { name: 'unarchive' },
  { name: 'snooze', until: '2030-01-01T00:00:00.000Z' },
  { name: 'unsnooze' },
  { name: 'delete' },
];
const certainSteps = [
  fc.record({ do: fc.constant('send' as const), category }),
  fc.record({ do: fc.constant('broadcast' as const), category }),
  fc.record({ do: fc.constant('mark' as const), pick, mark: fc.constantFrom(...marks), here: fc.boolean() }),
  fc.record({ do: fc.constant('sequence' as const), count: fc.nat(4) }),
  fc.record({ do: fc.constant('listen' as const), count: fc.nat(4) }),
  fc.record({ do: fc.constant('repeat' as const), count: fc.nat(4) }),
  fc.record({ do: fc.constant('answer' as const) }),
];
const certainStep: fc.Arbitrary<Step> = fc.oneof(...certainSteps);
const step: fc.Arbitrary<Step> = fc.oneof(
  ...certainSteps,
  fc.record({ do: fc.constant('retract' as const), pick }),
  fc.record({ do: fc.constant('recount' as const) }),
  fc.record({ do: fc.constant('recountSlowly' as const), count: fc.nat(4) }),
);

function act(server: ModelServer, tab: ModelTab, step: Step): void {
  switch (step.do) {
    case 'send':
      return void server.send(step.category);
    case 'broadcast':
      return void server.broadcast(step.category);
    case 'retract':
      return server.retract(step.pick);
    case 'mark': {
      const id = server.idAt(step.pick);
      if (id === undefined) return;
      return step.here ? tab.mark(id, step.mark) : void server.mark(id, step.mark);
    }
    case 'sequence':
      return server.sequence(step.count);
    case 'listen':
      return tab.listen(step.count);
    case 'repeat':
      return tab.repeat(step.count);
    case 'answer':
      return tab.answer();
    case 'recount':
      return tab.recount();
    case 'recountSlowly': {
      const askedAt = tab.memory.now();
      const answer = server.counts();
      tab.listen(step.count);
      return tab.memory.takeCounts(answer, askedAt);
    }
  }
}

type AnyEvent = { [Name in keyof StreamEvents]: { name: Name; data: StreamEvents[Name] } }[keyof StreamEvents];
type ModelServer = ReturnType<typeof modelServer>;
type ModelTab = ReturnType<typeof modelTab>;

/** One user's inbox as the server keeps it: what is committed is counted at once and heard of later. */
function modelServer() {
  const items = new Map<string, InboxItem>();
  const live = new Map<string, number>();
  const handled = new Set<string>();
  const committed: AnyEvent[] = [];
  const log: AnyEvent[] = [];
  let version = 0;
  let lastBroadcast = 0;
  let made = 0;

  const isOwn = (id: string) => !live.has(id) || handled.has(id);
  const weigh = (of: (id: string) => boolean, by: 'readAt' | 'seenAt') =>
    [...items].filter(([id, item]) => of(id) && isActive(item) && item[by] === null).length;
  const own = () => ({
    unread: weigh(isOwn, 'readAt'),
    unseen: weigh(isOwn, 'seenAt'),
    handled: handled.size,
    version,
  });

  return {
    log,
    idAt: (at: number) => [...items.keys()][at],
    send(kind: string) {
      made += 1;
      const item = itemOf(`ntf_${made}`, kind, made);
      items.set(item.id, item);
      version += 1;
      committed.push({ name: 'notification.created', data: { notification: item, own: own() } });
    },
    broadcast(kind: string) {
      made += 1;
      lastBroadcast += 1;
      const item = { ...itemOf(`ntf_${made}`, kind, made), broadcast: true };
      items.set(item.id, item);
      live.set(item.id, lastBroadcast);
      committed.push({ name: 'notification.created', data: { notification: item, broadcast: lastBroadcast } });
    },
    retract(at: number) {
      const id = [...items.keys()][at];
      if (id === undefined) return;
      const number = live.get(id);
      const wasHandled = handled.delete(id);
      items.delete(id);
      live.delete(id);
      if (number === undefined) {
        version += 1;
        committed.push({ name: 'notification.retracted', data: { id, own: own() } });
        return;
      }
      committed.push({ name: 'notification.retracted', data: { id, broadcast: number } });
      if (!wasHandled) return;
      version += 1;
      committed.push({ name: 'inbox.changed', data: { changed: 1, own: own() } });
    },
    mark(id: string, mark: Mark) {
      const before = items.get(id);
      if (!before) return own();
      const after = applyMark(before, mark, '2026-01-01T00:00:00.000Z');
      if (live.has(id)) handled.add(id);
      version += 1;
      // A deleted broadcast stays live for everyone else; the receipt alone remembers that it is gone here.
      items.set(id, after ?? { ...before, archivedAt: 'deleted' });
      const { seenAt, readAt, archivedAt, snoozedUntil, deliveredAt, action } = after ?? before;
      const update = { id, seenAt, readAt, archivedAt, snoozedUntil, deliveredAt, action, category: before.category };
      const deletedAt = after === null ? '2026-01-01T00:00:00.000Z' : null;
      if (after === null && !live.has(id)) items.delete(id);
      committed.push({ name: 'receipt.updated', data: { items: [{ ...update, deletedAt }], own: own() } });
      return own();
    },
    sequence(count: number) {
      log.push(...committed.splice(0, count));
    },
    counts(): ServerCounts {
      return {
        ...this.totals(),
        own: own(),
        broadcasts: live.size,
        joinedAfter: 0,
        lastBroadcast,
        cursor: `epoch1.${log.length.toString(36)}`,
      };
    },
    totals(): Counts {
      const categories: Record<string, { unread: number; unseen: number }> = {};
      for (const item of items.values()) {
        const one = (categories[item.category] ??= { unread: 0, unseen: 0 });
        if (!isActive(item)) continue;
        if (item.readAt === null) one.unread += 1;
        if (item.seenAt === null) one.unseen += 1;
      }
      const any = () => true;
      return { unread: weigh(any, 'readAt'), unseen: weigh(any, 'seenAt'), categories: withoutEmpty(categories) };
    },
  };
}

/** A tab that listens behind the log and gets the answers to its own changes whenever they come. */
function modelTab(server: ModelServer) {
  const memory = withoutEmptyCategories(createMemory());
  const answers: (() => void)[] = [];
  memory.takeCounts(server.counts(), memory.now());
  let at = server.log.length;
  const hear = (event: AnyEvent | undefined) => event && memory.hear(event.name, event.data);
  const tab = {
    memory,
    begin(id: string, mark: Mark): Pending {
      const pending: Pending = {
        ids: new Set([id]),
        apply: (item) => item && applyMark(item, mark, '2026-01-01T00:00:00.000Z'),
      };
      memory.begin(pending);
      return pending;
    },
    mark(id: string, mark: Mark) {
      const pending = tab.begin(id, mark);
      const own = server.mark(id, mark);
      answers.push(() => memory.settle(pending, own));
    },
    answer: () => answers.shift()?.(),
    answerAll() {
      while (answers.length > 0) tab.answer();
    },
    listen(count: number) {
      const until = Math.min(server.log.length, at + count);
      while (at < until) hear(server.log[at++]);
    },
    /** The last events once more, as after a connection that broke at the wrong moment. */
    repeat(count: number) {
      for (const event of server.log.slice(Math.max(0, at - count), at)) hear(event);
    },
    recount: () => memory.takeCounts(server.counts(), memory.now()),
  };
  return tab;
}

/** A category that is empty and one that is not there are the same to whoever looks. */
function withoutEmptyCategories(memory: Memory): Memory {
  const counts = () => {
    const known = memory.counts();
    return known && { ...known, categories: withoutEmpty(known.categories) };
  };
  return Object.create(memory, { counts: { value: counts } }) as Memory;
}

function withoutEmpty(categories: Counts['categories']): Counts['categories'] {
  return Object.fromEntries(Object.entries(categories).filter(([, { unread, unseen }]) => unread > 0 || unseen > 0));
}

function isActive(item: InboxItem): boolean {
  return item.archivedAt === null && item.snoozedUntil === null;
}

function itemOf(id: string, kind: string, number: number): InboxItem {
  return {
    id,
    title: `Number ${number}`,
    body: '',
    bodyHtml: '',
    icon: null,
    image: null,
    link: null,
    actions: [],
    type: 'message',
    category: kind,
    priority: 'normal',
    data: {},
    actor: { kind: 'system', id: 'system', name: null },
    broadcast: false,
    deliveredAt: new Date(Date.UTC(2026, 0, 1, 0, 0, number)).toISOString(),
    expiresAt: null,
    seenAt: null,
    readAt: null,
    archivedAt: null,
    snoozedUntil: null,
    action: null,
  };
}
