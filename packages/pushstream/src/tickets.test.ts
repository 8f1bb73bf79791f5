import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Connection } from './contract.ts';
import type { AppendableLog } from './log.ts';
import { createMemoryLog } from './memory-log.ts';
import { createPushStream } from './pushstream.ts';
import { createManualClock, type ManualClock } from './testing/manual-clock.ts';
import { dataEvents, openRaw, type RawReader } from './testing/raw-reader.ts';
import { serve } from './testing/serve.ts';
import { createMemoryUses } from './ticket-uses.ts';
import { createTickets, type TicketsOptions } from './tickets.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(options: TicketsOptions = {}, acks = false, log?: AppendableLog) {
  const clock = (options.clock as ManualClock | undefined) ?? createManualClock();
  const tickets = createTickets({ ...options, clock });
  const stream = createPushStream({ tickets, acks, log, access: { refuse: 401 }, clock, heartbeatMs: 1_000_000 });
  const server = await serve(stream.handler);
  cleanups.push(() => server.stop());
  const open = async (ticket: string, headers: Record<string, string> = {}, more = '') => {
    const reader = openRaw({ port: server.port, path: `/events?ticket=${ticket}${more}`, headers });
    cleanups.push(() => reader.cut());
    return reader.until((r) => r.events.length > 0 || (r.status > 0 && r.status !== 200), 'an answer');
  };
  const left = (reader: RawReader) => {
    reader.cut();
    return expect.poll(() => stream.hub.stats().connections).toBe(0);
  };
  return { clock, tickets, stream, server, open, left };
}

const cookieOf = (reader: RawReader) => reader.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
const texts = (reader: RawReader) => dataEvents(reader).map(({ data }) => data);

describe('tickets', () => {
  it('open what they were issued for, and nothing else', async () => {
    const { tickets, stream, server, open } = await start();
    const ticket = tickets.issue({
      streams: ['u.ann'],
      filter: { field: 'tags.level', op: 'gte', value: 2 },
      meta: { user: 'ann' },
    });
    expect(ticket).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(Buffer.from(ticket, 'base64url').toString()).not.toContain('ann');
    const reader = await open(ticket);
    await stream.publish({ user: 'ann' }, 'test.event', 1, { tags: { level: 1 } });
    await stream.publish({ user: 'bob' }, 'test.event', 2, { tags: { level: 2 } });
    await stream.publish({ user: 'ann' }, 'test.event', 3, { tags: { level: 3 } });
    await reader.until((r) => texts(r).length === 1);
    expect(texts(reader)).toEqual(['3']);
    expect([...stream.hub.connections()][0]?.meta).toEqual({ user: 'ann' });
    expect(reader.headers.get('set-cookie')).toMatch(
      /^pushstream-[\w-]{12}=[\w-]{43}; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
    );
    expect((await fetch(server.url)).status).toBe(401);
  });

  it.each(['', 'nonsense', 'a'.repeat(200), '%00'])('refuse %j', async (ticket) => {
    const { stream, open } = await start();
    expect((await open(ticket)).status).toBe(401);
    expect(stream.hub.stats().connected).toBe(0);
  });

  it('of another process, or tampered with, are refused', async () => {
    const { tickets, open } = await start();
    expect((await open(createTickets().issue({ streams: ['w'] }))).status).toBe(401);
    const ticket = tickets.issue({ streams: ['w'] });
    const at = 40;
    const changed = ticket.slice(0, at) + (ticket[at] === 'A' ? 'B' : 'A') + ticket.slice(at + 1);
    expect((await open(changed)).status).toBe(401);
  });

  it('wait for their first use no longer than they were given, and never beyond ten minutes', async () => {
    const { clock, tickets, open } = await start({ ttlMs: 86_400_000 });
    const early = tickets.issue({ streams: ['w'] });
    clock.advance(599_000);
    expect((await open(early)).status).toBe(200);
    const late = tickets.issue({ streams: ['w'] });
    clock.advance(601_000);
    expect((await open(late)).status).toBe(401);
  });

  it('serve the connection that used them first, as often as it comes back, and nobody else', async () => {
    const { clock, tickets, stream, open, left } = await start();
    const ticket = tickets.issue({ streams: ['w'] });
    const first = await open(ticket);
    clock.advance(5_000);
    // Somebody read the address in a log.
    expect((await open(ticket)).status).toBe(401);
    expect((await open(ticket, { Cookie: 'pushstream-x=y' })).status).toBe(401);
    await left(first);
    expect((await open(ticket)).status).toBe(401);
    const missed = stream.publish({ everyone: true }, 'test.event', 'missed');
    await missed;
    clock.advance(3_600_000);
    const again = await open(ticket, { Cookie: `a=b; ${cookieOf(first)}`, 'Last-Event-ID': first.events[0]?.id ?? '' });
    await again.until((r) => texts(r).length === 1);
    expect(texts(again)).toEqual(['"missed"']);
  });

  it('let a connection come back before its end was noticed, in the place of the old one', async () => {
    const { clock, tickets, stream, open } = await start();
    const ticket = tickets.issue({ streams: ['w'] });
    const first = await open(ticket);
    clock.advance(5_000);
    await open(ticket, { Cookie: cookieOf(first) });
    await first.until((r) => r.ended);
    await expect.poll(() => stream.hub.stats().connections).toBe(1);
  });

  it('are not used up by a first connection that broke at once', async () => {
    const { tickets, open, left } = await start();
    const ticket = tickets.issue({ streams: ['w'] });
    await left(await open(ticket));
    expect((await open(ticket)).status).toBe(200);
  });

  it('are not used up by HEAD or by a wrong request', async () => {
    const { tickets, server, open } = await start();
    const ticket = tickets.issue({ streams: ['w'] });
    expect((await fetch(`${server.url}?ticket=${ticket}`, { method: 'HEAD' })).status).toBe(200);
    expect((await open(ticket, {}, '&filter=wrong')).status).toBe(400);
    expect((await open(ticket)).status).toBe(200);
  });

  it('end with the right they were issued for', async () => {
    const { clock, tickets, open } = await start();
    const ticket = tickets.issue({ streams: ['w'], expiresAt: clock.now() + 20_000 });
    const reader = await open(ticket);
    clock.advance(20_000);
    await reader.until((r) => r.ended);
    expect(reader.events.at(-1)?.name).toBe('ps.expired');
    expect((await open(ticket, { Cookie: cookieOf(reader) })).status).toBe(401);
  });

  it('39: are revoked live: open, coming back, and not yet used', async () => {
    const { clock, tickets, stream, open } = await start({ ttlMs: 600_000 });
    const grantFor = (user: string) => ({ streams: ['w'], meta: { user } });
    const [used, unused, others] = [grantFor('ann'), grantFor('ann'), grantFor('bob')].map((grant) =>
      tickets.issue(grant),
    );
    const reader = await open(used ?? '');
    const other = await open(others ?? '');
    expect(tickets.revoke({ user: 'ann' })).toBe(1);
    await stream.publish({ everyone: true }, 'test.event', 'secret');
    await reader.until((r) => r.ended);
    expect(texts(reader)).toEqual([]);
    expect((await open(used ?? '', { Cookie: cookieOf(reader) })).status).toBe(401);
    expect((await open(unused ?? '')).status).toBe(401);
    await other.until((r) => texts(r).length === 1);
    clock.advance(1);
    expect((await open(tickets.issue(grantFor('ann')))).status).toBe(200);
  });

  it('39: are refused when they are revoked, or used by another, while the log is being asked', async () => {
    const inner = createMemoryLog();
    let release = () => {};
    let held: Promise<void> | null = null;
    const head = async () => {
      await held;
      return inner.head();
    };
    const { tickets, stream, open, server } = await start({}, false, { ...inner, head });
    await stream.hub.cursor();
    const later = `${(await inner.head()).epoch}.1`;
    const hold = () => {
      held = new Promise((resolve) => (release = resolve));
    };
    hold();
    const revoked = open(tickets.issue({ streams: ['w'], meta: { user: 'ann' } }), { 'Last-Event-ID': later });
    const shared = tickets.issue({ streams: ['w'] });
    const two = [open(shared, { 'Last-Event-ID': later }), open(shared, { 'Last-Event-ID': later })];
    await expect
      .poll(() => new Promise((resolve) => server.server.getConnections((_, count) => resolve(count))))
      .toBe(3);
    await new Promise((resolve) => setImmediate(resolve));
    expect(tickets.revoke({ user: 'ann' })).toBe(0);
    release();
    expect((await revoked).status).toBe(401);
    expect((await Promise.all(two)).map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('let their connection acknowledge', async () => {
    const { tickets, stream, server, open, clock } = await start({}, true);
    const ticket = tickets.issue({ streams: ['w'], meta: { user: 'ann', session: 's' } });
    const reader = await open(ticket);
    clock.advance(5_000);
    const body = JSON.stringify({ cursor: await stream.publish({ everyone: true }, 'test.event', 1) });
    const ack = (headers: Record<string, string>) =>
      fetch(`${server.url}ack?ticket=${ticket}`, { method: 'POST', body, headers });
    expect((await ack({})).status).toBe(401);
    expect((await ack({ Cookie: cookieOf(reader) })).status).toBe(204);
    expect([...stream.hub.connections()][0]?.unacknowledged).toBe(0);
  });

  it('are used once among processes that keep their uses in one place, also when the first connection broke at once', async () => {
    const clock = createManualClock();
    const uses = createMemoryUses(clock);
    const [one, two] = [await start({ secret: 'shared', uses, clock }), await start({ secret: 'shared', uses, clock })];
    const ticket = one.tickets.issue({ streams: ['w'] });
    const first = await one.open(ticket);
    expect((await two.open(ticket)).status).toBe(401);
    await one.left(first);
    await two.open(ticket).then((again) => expect(again.status).toBe(200));
    expect((await one.open(ticket)).status).toBe(401);
    clock.advance(3_000);
    expect((await one.open(ticket, { Cookie: cookieOf(first) })).status).toBe(200);
  });

  it('are refused by whoever knows better, and wait while nobody knows', async () => {
    let answer: () => boolean | Promise<boolean> = () => false;
    const { tickets, open } = await start({ isRevoked: () => answer() });
    const ticket = tickets.issue({ streams: ['w'] });
    answer = () => Promise.reject(new Error('the database is away'));
    const told = await open(ticket);
    expect([told.status, told.events[0]?.name]).toEqual([200, 'ps.busy']);
    answer = () => false;
    const reader = await open(ticket);
    expect(reader.events[0]?.name).toBe('ps.open');
    answer = () => true;
    expect((await open(ticket, { Cookie: cookieOf(reader) })).status).toBe(401);
  });

  it('39: cost the same however many were revoked before, and however many are open', async () => {
    const clock = createManualClock();
    const tickets = createTickets({ clock });
    let looks = 0;
    let closed = 0;
    const counting = <T extends object>(target: T) =>
      new Proxy(target, {
        get: (from, name) => (looks++, Reflect.get(from, name)),
        ownKeys: (from) => (looks++, Reflect.ownKeys(from)),
      });
    const admit = (ticket: string) => tickets.admit(ticket, { headers: {}, socket: {} } as IncomingMessage);
    const COUNT = 10_000;
    for (let n = 0; n < COUNT; n += 1) {
      const admission = await admit(tickets.issue({ streams: ['w'], meta: { session: `s${n}` } }));
      admission?.opened(counting({ state: 'live', close: () => (closed += 1) }) as unknown as Connection);
    }
    for (let n = 0; n < COUNT; n += 1) expect(tickets.revoke(counting({ session: `s${n}` }))).toBe(1);
    expect(closed).toBe(COUNT);
    for (let n = 0; n < COUNT; n += 100)
      expect(await admit(tickets.issue({ streams: ['w'], meta: { session: `s${n}` } }))).toBeNull();
    // A few for each; a list that is walked would make it millions.
    expect(looks).toBeLessThan(20 * COUNT);
  });

  it('are accepted by every process that has the secret, and come back anywhere', async () => {
    const [one, two] = [await start({ secret: 'shared' }), await start({ secret: 'shared' })];
    const ticket = one.tickets.issue({ streams: ['w'] });
    const first = await one.open(ticket);
    two.clock.advance(120_000);
    expect((await two.open(ticket)).status).toBe(401);
    expect((await two.open(ticket, { Cookie: cookieOf(first) })).status).toBe(200);
  });
});
