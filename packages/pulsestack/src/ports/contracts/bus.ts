import { afterEach, expect, it } from 'vitest';
import type { Bus, BusHandler, OutgoingMessage } from '../bus.ts';

let made = 0;
const fresh = (what: string) => `${what}.${process.pid}.${made++}`;
const eventually = (wanted: string, ask: () => unknown) =>
  expect.poll(ask, { message: wanted, timeout: 20_000, interval: 20 }).toBeTruthy();
const message = (key: string, value: string): OutgoingMessage => ({ key, value, headers: {}, id: `${fresh('id')}` });

/**
 * What every Bus promises. `open` gives views of one broker, as processes would have: those of the memory bus are the same one.
 * They are opened with `drainMs: 300`.
 */
export function busContract(open: () => Promise<Bus>): void {
  const opened: Bus[] = [];
  const bus = async () => {
    const one = await open();
    opened.push(one);
    return one;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  const collect = (into: string[]): BusHandler => {
    return async (messages) => void into.push(...messages.map((one) => one.value.toString()));
  };

  it('delivers to every group, with key and headers, in the order of each key', async () => {
    const one = await bus();
    const topic = fresh('orders');
    const all = { first: [] as string[], second: [] as string[] };
    const seen: { key: string | null; header: string | undefined }[] = [];
    await one.subscribe(topic, fresh('a'), collect(all.first), { from: 'latest' });
    await one.subscribe(
      topic,
      fresh('b'),
      async (messages) => {
        seen.push(...messages.map(({ key, headers }) => ({ key, header: headers.kind })));
        await collect(all.second)(messages, 1);
      },
      { from: 'latest' },
    );
    const sent = Array.from({ length: 60 }, (_, i) => ({
      ...message(`key-${i % 3}`, `${i % 3}:${i}`),
      headers: { Kind: 'test' },
    }));
    for (let i = 0; i < sent.length; i += 20) await one.publish(topic, sent.slice(i, i + 20));
    for (const group of [all.first, all.second]) {
      await eventually('all messages', () => group.length >= sent.length);
      for (const key of ['0:', '1:', '2:'])
        expect(group.filter((value) => value.startsWith(key))).toEqual(
          sent.map((one) => one.value.toString()).filter((value) => value.startsWith(key)),
        );
    }
    expect(new Set(seen.map((each) => each.header))).toEqual(new Set(['test']));
    expect(new Set(seen.map((each) => each.key))).toEqual(new Set(['key-0', 'key-1', 'key-2']));
  });

  it('begins where it is told, and goes on where its group was', async () => {
    const one = await bus();
    const topic = fresh('orders');
    const [late, early] = [fresh('late'), fresh('early')];
    await one.publish(topic, [message('k', 'before')]);
    const heard = { late: [] as string[], early: [] as string[] };
    const first = await one.subscribe(topic, late, collect(heard.late), { from: 'latest' });
    await one.subscribe(topic, early, collect(heard.early), { from: 'earliest' });
    await one.publish(topic, [message('k', 'after')]);
    await eventually('what was there before', () => heard.early.length === 2);
    await eventually('what came after', () => heard.late.length === 1);
    expect(heard.late).toEqual(['after']);
    await first.close();
    await one.publish(topic, [message('k', 'meanwhile')]);
    await one.subscribe(topic, late, collect(heard.late), { from: 'latest' });
    await eventually('what came while nobody was there', () => heard.late.includes('meanwhile'));
    expect(heard.late).toEqual(['after', 'meanwhile']);
  });

  it('delivers again what a handler did not take, and lets nothing overtake it', async () => {
    const one = await bus();
    const topic = fresh('orders');
    const heard: string[] = [];
    const attempts: number[] = [];
    await one.subscribe(
      topic,
      fresh('g'),
      async (messages, attempt) => {
        if (messages.some((each) => each.value.toString() === 'poison')) attempts.push(attempt);
        if (attempts.length === 1 || attempts.length === 2) throw new Error('not now');
        await collect(heard)(messages, attempt);
      },
      { from: 'latest' },
    );
    await one.publish(topic, [message('k', 'poison'), message('k', 'behind')]);
    await eventually('both in the end', () => heard.length === 2);
    expect(heard).toEqual(['poison', 'behind']);
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('shares the messages of a group among its members, each delivered to one', async () => {
    const [one, other] = [await bus(), await bus()];
    const [topic, group] = [fresh('orders'), fresh('g')];
    const heard = { one: [] as string[], other: [] as string[] };
    await Promise.all([
      one.subscribe(topic, group, collect(heard.one), { from: 'earliest' }),
      other.subscribe(topic, group, collect(heard.other), { from: 'earliest' }),
    ]);
    // A member that has just come may have to wait for its share, so they are sent until both have some.
    const sent: string[] = [];
    await eventually('a share for both', async () => {
      const more = Array.from({ length: 24 }, (_, i) => `${sent.length + i}`);
      sent.push(...more);
      await one.publish(
        topic,
        more.map((value) => message(`key-${value}`, value)),
      );
      return heard.one.length > 0 && heard.other.length > 0;
    });
    await eventually('everything', () => new Set([...heard.one, ...heard.other]).size === sent.length);
    expect(heard.one.length + heard.other.length).toBe(sent.length);
  });

  it('gives what a member did not finish to another, and knows how much is left', async () => {
    const [one, other] = [await bus(), await bus()];
    const [topic, group] = [fresh('orders'), fresh('g')];
    const begun: string[] = [];
    const stuck = await one.subscribe(
      topic,
      group,
      async (messages) => {
        await collect(begun)(messages, 1);
        await new Promise(() => {});
      },
      { from: 'earliest' },
    );
    await one.publish(topic, [message('k', 'half done')]);
    await eventually('the beginning', () => begun.length === 1);
    expect((await one.lag(topic, group)) ?? 1).toBe(1);
    await stuck.close();
    const heard: string[] = [];
    await other.subscribe(topic, group, collect(heard), { from: 'earliest' });
    await eventually('the other to take it', () => heard.includes('half done'));
    await eventually('nothing left', async () => (await other.lag(topic, group)) === 0);
  });

  it('delivers once what was published twice under one id, where it says so', async () => {
    const one = await bus();
    const topic = fresh('orders');
    const heard: string[] = [];
    await one.subscribe(topic, fresh('g'), collect(heard), { from: 'latest' });
    const twice = message('k', 'twice');
    await one.publish(topic, [twice]);
    await one.publish(topic, [twice]);
    await one.publish(topic, [message('k', 'end')]);
    await eventually('the end', () => heard.includes('end'));
    expect(heard).toEqual(one.deduplicates ? ['twice', 'end'] : ['twice', 'twice', 'end']);
  });
}
