import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '../../src/testing/random.ts';
import type { RawReader } from '../../src/testing/raw-reader.ts';
import { type Case, check, eventually, numbers, type Run, same } from '../case.ts';

export const resumeCases: Case[] = [
  {
    number: 21,
    title: 'Last-Event-ID brings exactly what came after it, once, in order, then what comes',
    needs: [],
    async run(run) {
      const cursor = await run.place();
      for (const text of numbers(30)) await run.say(text);
      const reader = await run.read({ cursor });
      await run.hears(reader, 30);
      await run.say('31');
      await run.hears(reader, 31);
      same(run.heard(reader), numbers(31), 'the texts');
      const middle = run.eventsOf(reader)[9]?.id ?? '';
      const again = await run.read({ cursor: middle });
      await run.hears(again, 21);
      same(run.heard(again), numbers(21, 11), 'the texts after the tenth');
    },
  },
  {
    number: 22,
    title: 'The cursor may stand in the address; the header wins',
    needs: [],
    async run(run) {
      const reader = await run.read();
      for (const text of numbers(3)) await run.say(text);
      await run.hears(reader, 3);
      const [first = '', second = ''] = run.eventsOf(reader).map(({ id }) => id);
      for (const name of ['last_event_id', 'lastEventId']) {
        const one = await run.read({ query: { [name]: first } });
        await run.hears(one, 2);
        same(run.heard(one), ['2', '3'], `the texts by ?${name}=`);
        const both = await run.read({ cursor: second, query: { [name]: first } });
        await run.hears(both, 1);
        same(run.heard(both), ['3'], 'the texts by header and address');
      }
    },
  },
  {
    number: 23,
    title: 'Readers cut at random while much is published hear all of it, once, in order',
    needs: [],
    async run(run) {
      const { events, clients } = run.size;
      const cursor = await run.place();
      const readers = Array.from(
        { length: clients },
        (_, index) => new CutReader(run, cursor, createRandom(index + 1)),
      );
      run.afterwards(() => readers.forEach((reader) => reader.close()));
      await sayMany(run, numbers(events));
      await eventually('everything at every reader', () => readers.every(({ seen }) => seen.length >= events), 60_000);
      for (const { seen } of readers) same(seen, numbers(events), 'the texts');
      return `${readers.reduce((sum, { cuts }) => sum + cuts, 0)} cuts`;
    },
  },
  {
    number: 24,
    title: 'What is published during a slow replay follows it without a gap',
    needs: [],
    async run(run) {
      const cursor = await run.place();
      const padding = ' '.repeat(4_000);
      for (const text of numbers(300)) await run.say(text + padding);
      const reader = run.request({ cursor });
      reader.socket.pause();
      await wait(100);
      for (const text of numbers(60, 301)) await run.say(text + padding);
      reader.socket.resume();
      for (const text of numbers(40, 361)) await run.say(text + padding);
      await run.hears(reader, 400);
      same(
        run.heard(reader).map((text) => text.trim()),
        numbers(400),
        'the texts',
      );
    },
  },
  {
    number: 25,
    title: 'Whatever was acknowledged before the server is killed arrives after it is back',
    needs: ['kill', 'restart'],
    async run(run) {
      const cursor = await run.place();
      const reader = new CutReader(run, cursor, () => 1_000_000);
      run.afterwards(() => reader.close());
      const acknowledged: string[] = [];
      let publishing = true;
      const publishers = Array.from({ length: 4 }, async (_, index) => {
        for (let n = 0; publishing; n += 1) {
          const text = `${index}-${n}`;
          const receipt = await run
            .publish({ to: 'everyone', name: run.name, data: run.dataOf(text) })
            .catch(() => null);
          if (!receipt) return;
          if (receipt.status < 300) acknowledged.push(text);
        }
      });
      await eventually('some publications', () => acknowledged.length > 100);
      await run.can('kill')();
      publishing = false;
      await Promise.all(publishers);
      await run.can('restart')();
      await eventually(
        'all that was acknowledged',
        () => acknowledged.every((text) => reader.seen.includes(text)),
        20_000,
      );
      same(new Set(reader.seen).size, reader.seen.length, 'the number of different events');
      return `${acknowledged.length} acknowledged`;
    },
  },
  {
    number: 26,
    title: 'A replay that a kill interrupts goes on after the last event that came',
    needs: ['kill', 'restart'],
    async run(run) {
      const cursor = await run.place();
      await sayMany(run, numbers(500), ' '.repeat(2_000));
      const first = run.request({ cursor });
      await run.hears(first, 20);
      first.socket.pause();
      await run.can('kill')();
      first.cut();
      const [before, last] = [run.heard(first), run.eventsOf(first).at(-1)?.id ?? ''];
      await run.can('restart')();
      const again = await run.read({ cursor: last });
      await run.hears(again, 500 - before.length);
      same(
        [...before, ...run.heard(again)].map((text) => text.trim()),
        numbers(500),
        'the texts',
      );
    },
  },
  {
    number: 30,
    title: 'A cursor older than the history is told so once, then hears what comes',
    needs: ['controls', 'variant'],
    async run(run) {
      const small = run.on(await run.can('variant')({ keep: 10, ringEvents: 5 }));
      const cursor = await small.place();
      for (const text of numbers(50)) await small.say(text);
      const reader = await small.read({ cursor });
      await reset(reader, /^expired$/);
      await small.say('live');
      await small.hears(reader, 1);
      same(small.heard(reader), ['live'], 'the texts');
      same(resets(reader), 1, 'the number of resets');
      check(
        [...reader.headers].some(([name, value]) => name.endsWith('-replay') && value.startsWith('reset')),
        'no header tells of it',
      );
    },
  },
  {
    number: 31,
    title: 'A cursor of another log, from the future, or of nonsense is told so, never an error, never silence',
    needs: ['controls'],
    async run(run) {
      const [epoch = ''] = (await run.place()).split('.');
      for (const cursor of ['nonsense', '../../etc', 'epoch9.1', `${epoch}.zzzzzzzz`, '%00', 'a'.repeat(3_000)])
        await reset(await run.read({ cursor }), /^(epoch|unknown)$/);
    },
  },
  {
    number: 32,
    title: 'A replay beyond the limit is a reset, not a burden',
    needs: ['controls', 'variant'],
    async run(run) {
      const small = run.on(await run.can('variant')({ keep: 5_000, replayEvents: 100, ringEvents: 20 }));
      const cursor = await small.place();
      for (const text of numbers(100)) await small.say(text);
      await small.hears(await small.read({ cursor }), 100);
      await small.say('one more');
      await reset(await small.read({ cursor }), /^limit$/);
    },
  },
  {
    number: 33,
    title: 'A reader that was cut before it heard anything misses nothing',
    needs: ['controls'],
    async run(run) {
      const cursor = await run.place();
      await run.say('meanwhile');
      const reader = await run.read({ cursor });
      await run.hears(reader, 1);
      same(run.heard(reader), ['meanwhile'], 'the texts');
    },
  },
  {
    number: 34,
    title: 'Nothing is lost between a snapshot and the stream',
    needs: ['cursor'],
    async run(run) {
      const cursor = await run.can('cursor')();
      await run.say('between');
      const reader = await run.read({ cursor });
      await run.say('live');
      await run.hears(reader, 2);
      same(run.heard(reader), ['between', 'live'], 'the texts');
    },
  },
];

/** A reader that comes back with its cursor whenever it is cut, by itself or by the server. */
export class CutReader {
  readonly seen: string[] = [];
  cuts = 0;
  #reader: RawReader | null = null;
  #cursor: string;
  #closed = false;
  readonly #run: Run;
  readonly #random: (below: number) => number;

  constructor(run: Run, cursor: string, random: (below: number) => number) {
    this.#run = run;
    this.#cursor = cursor;
    this.#random = random;
    void this.#live();
  }

  close(): void {
    this.#closed = true;
    this.#reader?.cut();
  }

  async #live(): Promise<void> {
    while (!this.#closed) {
      const reader = this.#run.request({ cursor: this.#cursor });
      this.#reader = reader;
      reader.socket.setTimeout(50 + this.#random(450), () => reader.cut());
      const cut = setTimeout(() => reader.cut(), 50 + this.#random(450));
      await reader.until((r) => r.ended, 'the end').catch(() => reader.cut());
      clearTimeout(cut);
      this.cuts += 1;
      this.seen.push(...this.#run.heard(reader));
      this.#cursor = reader.events.at(-1)?.id || this.#cursor;
      if (reader.events.length === 0) await wait(20);
    }
  }
}

/** Publishes one after the other, a few at a time on the way. */
async function sayMany(run: Run, texts: readonly string[], padding = ''): Promise<void> {
  for (const text of texts) await run.say(text + padding);
}

const resets = (reader: RawReader) => reader.events.filter(({ name }) => name === 'ps.reset').length;

async function reset(reader: RawReader, reason: RegExp): Promise<void> {
  await reader.until((r) => resets(r) > 0, 'ps.reset');
  const { reason: found } = JSON.parse(reader.events.find(({ name }) => name === 'ps.reset')?.data ?? '{}') as {
    reason?: string;
  };
  check(reason.test(found ?? ''), `the reason is ${found}`);
}
