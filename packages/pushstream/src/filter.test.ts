import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter, type FilterableEvent } from './compile-filter.ts';
import { checkFilter, FILTER_LIMITS, type Filter, FilterError, filterKey, parseFilter } from './filter.ts';
import { createHub } from './hub.ts';
import type { NewEvent } from './log.ts';
import { createMemoryLog } from './memory-log.ts';
import { TestByteSink } from './testing/test-sinks.ts';

const event = (data: unknown, more: Partial<FilterableEvent> = {}): FilterableEvent => ({
  stream: 't.news',
  name: 'story.published',
  data: JSON.stringify(data),
  ...more,
});
const holds = (filter: Filter, data: unknown, more?: Partial<FilterableEvent>) =>
  compileFilter(filter)(event(data, more));

describe('a filter', () => {
  it.each<[Filter, boolean]>([
    [{ field: 'name', op: 'prefix', value: 'story.' }, true],
    [{ field: 'topic', op: 'eq', value: 'news' }, true],
    [{ field: 'stream', op: 'in', value: ['w', 't.news'] }, true],
    [{ field: 'tags.region', op: 'nin', value: ['us', 'eu'] }, false],
    [{ field: 'tags.a.b', op: 'eq', value: true }, true],
    [{ field: 'data.price', op: 'gt', value: 9 }, true],
    [{ field: 'data.price', op: 'gt', value: '9' }, false],
    [{ field: 'data.size', op: 'gte', value: '10' }, true],
    [{ field: 'data.size', op: 'lt', value: 11 }, false],
    [{ field: 'data.size', op: 'eq', value: 10 }, false],
    [{ field: 'data.labels', op: 'contains', value: 'hot' }, true],
    [{ field: 'data.labels.1', op: 'eq', value: 7 }, true],
    [{ field: 'data.labels.length', op: 'exists' }, false],
    [{ field: 'data.title', op: 'contains', value: 'ell' }, true],
    [{ field: 'data.title', op: 'suffix', value: 'o' }, true],
    [{ field: 'data.nothing', op: 'exists' }, true],
    [{ field: 'data.nothing', op: 'eq', value: null }, true],
    [{ field: 'data.constructor', op: 'exists' }, false],
    [{ not: { field: 'data.title', op: 'eq', value: 'hello' } }, false],
  ])('%j holds: %s', (filter, expected) => {
    const data = { price: 12.5, size: '10', labels: ['hot', 7], title: 'hello', nothing: null };
    expect(holds(filter, data, { tags: { region: 'eu', 'a.b': true } })).toBe(expected);
  });

  it('holds of a missing field only when it asks for something else, or for it to be missing', () => {
    for (const field of ['tags.x', 'data.x', 'data.title.x', 'data.x.y']) {
      const of = (rest: object) => holds({ field, ...rest } as Filter, { title: 'hello' });
      expect([of({ op: 'ne', value: 1 }), of({ op: 'nin', value: [1] }), of({ op: 'nexists' })]).toEqual([
        true,
        true,
        true,
      ]);
      for (const op of ['eq', 'contains', 'prefix', 'suffix', 'gt', 'gte', 'lt', 'lte']) {
        expect(of({ op, value: 'x' })).toBe(false);
      }
      expect([of({ op: 'in', value: [null] }), of({ op: 'exists' })]).toEqual([false, false]);
    }
    expect(holds({ field: 'topic', op: 'exists' }, 1, { stream: 'w' })).toBe(false);
    expect(holds({ field: 'data', op: 'exists' }, 1, { data: 'no json' })).toBe(false);
  });

  const deep = (levels: number): unknown =>
    levels === 0 ? { field: 'name', op: 'exists' } : { not: deep(levels - 1) };
  it.each([
    ['', 'not json', 'is not JSON'],
    ['', [], 'must be an object'],
    ['and', { and: [] }, 'at least one'],
    [
      'and[1].op',
      {
        and: [
          { field: 'name', op: 'exists' },
          { field: 'name', op: 'like', value: 1 },
        ],
      },
      'one of eq',
    ],
    ['or[0].not.field', { or: [{ not: { field: 'user', op: 'exists' } }] }, 'must be name, topic'],
    ['valeu', { field: 'name', op: 'eq', valeu: 1 }, 'does not belong'],
    ['or', { and: [{ field: 'name', op: 'exists' }], or: [] }, 'does not belong'],
    ['value', { field: 'name', op: 'exists', value: 1 }, 'does not belong'],
    ['value', { field: 'name', op: 'prefix', value: 1 }, 'must be text'],
    ['value', { field: 'name', op: 'in', value: [{}] }, 'must be a list'],
    ['value', { field: 'data', op: 'gt', value: null }, 'must be a number or text'],
    ['field', { field: `tags.${'x'.repeat(200)}`, op: 'exists' }, 'at most 128'],
    ['field', { field: 'data.a.b.c.d.e.f.g.h.i', op: 'exists' }, '8 names'],
    ['not.not.not.not.not.not.not.not', deep(8), 'nested deeper than 8'],
    ['and[63]', { and: Array.from({ length: 64 }, () => ({ field: 'name', op: 'exists' })) }, 'more than 64 parts'],
    ['', { field: 'name', op: 'eq', value: 'é'.repeat(2_100) }, 'more than 4096 bytes'],
  ])('that is wrong at %j is refused with its place', (path, tree, problem) => {
    const text = typeof tree === 'string' ? tree : JSON.stringify(tree);
    expect(() => parseFilter(text)).toThrow(FilterError);
    expect(() => parseFilter(text)).toThrow(
      expect.objectContaining({ path, message: expect.stringContaining(problem) }),
    );
  });

  it('is the same filter in whatever order it is written', () => {
    const one = parseFilter(
      '{"and":[{"value":["b","a","a"],"field":"name","op":"in"},{"field":"data.x","op":"exists"}]}',
    );
    const other = parseFilter(
      '{"and":[{"op":"exists","field":"data.x"},{"op":"in","field":"name","value":["a","b"]},{"op":"exists","field":"data.x"}]}',
    );
    expect(filterKey(one)).toBe(filterKey(other));
    expect(filterKey(checkFilter(one))).toBe(filterKey(one));
    expect(FILTER_LIMITS.nodes).toBe(64);
  });
});

// ---- against the plainest possible evaluator, written a second time on purpose

function naive(filter: Filter, { stream, name, data, tags }: FilterableEvent): boolean {
  if ('and' in filter) return filter.and.filter((part) => !naive(part, { stream, name, data, tags })).length === 0;
  if ('or' in filter) return filter.or.filter((part) => naive(part, { stream, name, data, tags })).length > 0;
  if ('not' in filter) return naive(filter.not, { stream, name, data, tags }) === false;
  const [root, ...rest] = filter.field.split('.');
  let found: unknown;
  if (root === 'name') found = name;
  if (root === 'stream') found = stream;
  if (root === 'topic' && stream.slice(0, 2) === 't.') found = stream.slice(2);
  if (root === 'tags') found = new Map(Object.entries(tags ?? {})).get(rest.join('.'));
  if (root === 'data') {
    found = JSON.parse(data);
    for (const key of rest) {
      const isContainer = typeof found === 'object' && found !== null;
      found = isContainer ? new Map(Object.entries(found as object)).get(key) : undefined;
    }
  }
  const missing = found === undefined;
  const value: unknown = 'value' in filter ? filter.value : undefined;
  const equals = (one: unknown) => !missing && JSON.stringify(one) === JSON.stringify(found);
  const order = () => {
    if (typeof found !== typeof value || missing) return Number.NaN;
    return (found as number) < (value as number) ? -1 : (found as number) > (value as number) ? 1 : 0;
  };
  const text = typeof found === 'string' && typeof value === 'string' ? found.indexOf(value) : -1;
  switch (filter.op) {
    case 'exists':
      return !missing;
    case 'nexists':
      return missing;
    case 'eq':
      return equals(value);
    case 'ne':
      return !equals(value);
    case 'in':
      return filter.value.some(equals);
    case 'nin':
      return !filter.value.some(equals);
    case 'prefix':
      return text === 0;
    case 'suffix':
      return text >= 0 && (found as string).slice((found as string).length - filter.value.length) === filter.value;
    case 'contains':
      return text >= 0 || (Array.isArray(found) && found.some((one) => one === value));
    case 'gt':
      return order() > 0;
    case 'gte':
      return order() >= 0;
    case 'lt':
      return order() < 0;
    default:
      return order() <= 0;
  }
}

const scalar = fc.constantFrom<string | number | boolean | null>(
  'a',
  'b',
  'ab',
  'ba',
  '',
  '7',
  7,
  7.5,
  10,
  -1,
  true,
  false,
  null,
);
const field = fc.constantFrom(
  'name',
  'topic',
  'stream',
  'tags.a',
  'tags.b',
  'data',
  'data.x',
  'data.x.y',
  'data.l',
  'data.l.0',
);
const condition: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ field, op: fc.constantFrom('eq' as const, 'ne' as const, 'contains' as const), value: scalar }),
  fc.record({
    field,
    op: fc.constantFrom('in' as const, 'nin' as const),
    value: fc.array(scalar, { minLength: 1, maxLength: 6 }),
  }),
  fc.record({ field, op: fc.constantFrom('exists' as const, 'nexists' as const) }),
  fc.record({
    field,
    op: fc.constantFrom('prefix' as const, 'suffix' as const),
    value: fc.constantFrom('a', 'b', 'a.', ''),
  }),
  fc.record({
    field,
    op: fc.constantFrom('gt' as const, 'gte' as const, 'lt' as const, 'lte' as const),
    value: fc.constantFrom<string | number>('a', '7', 'b', 7, 0, 8.25),
  }),
);
const tree = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', maxDepth: 4, withCrossShrink: true },
    condition,
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
    tie('filter').map((not) => ({ not })),
  ),
})).filter;
const streams = ['w', 'u.ann', 'u.bob', 't.a', 't.b'];
const newEvent: fc.Arbitrary<NewEvent> = fc
  .record({
    stream: fc.constantFrom(...streams),
    name: fc.constantFrom('a.b', 'b.a', 'a.a'),
    data: fc.oneof(
      scalar,
      fc.record(
        { x: fc.oneof(scalar, fc.record({ y: scalar })), l: fc.array(scalar, { maxLength: 2 }) },
        { requiredKeys: [] },
      ),
    ),
    tags: fc.record({ a: scalar.filter((one) => one !== null), b: fc.constantFrom(1, 'a') }, { requiredKeys: [] }),
  })
  .map((made) => ({ ...made, data: JSON.stringify(made.data), tags: made.tags as NonNullable<NewEvent['tags']> }));

describe('filters of random shape', () => {
  it('decide as the plainest evaluator does, however they are normalised', () => {
    fc.assert(
      fc.property(tree, fc.array(newEvent, { minLength: 1, maxLength: 10 }), (filter, events) => {
        const test = compileFilter(filter);
        for (const one of events) expect(test({ seq: 1, time: 1, ...one } as FilterableEvent)).toBe(naive(filter, one));
      }),
      { seed: 48, numRuns: 2_000 },
    );
  });

  it('48: give the same events live and in a replay, in each of two tenants, and nothing of the other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(tree, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.boolean(), newEvent), { minLength: 1, maxLength: 60 }),
        async (filters, published) => {
          // Two tenants with the same users and topics; small pages and ring, so that replays cross all of them.
          const tenants = ['epochA', 'epochB'].map((epoch) => {
            const log = createMemoryLog({ epoch });
            return { epoch, log, hub: createHub({ log, limits: { ringEvents: 10, pageEvents: 7, chunkBytes: 300 } }) };
          });
          const readers = tenants.flatMap(({ hub, epoch }, tenant) =>
            filters.map((filter, index) => {
              const live = new TestByteSink();
              const read = streams.filter((_, at) => (index + at) % 3 !== 0);
              hub.attach(live, { streams: read, filter, cursor: `${epoch}.0` });
              return { hub, epoch, tenant, filter, live, read };
            }),
          );
          await settled();
          for (const [index, [second, one]] of published.entries()) {
            const tenant = tenants[second ? 1 : 0] as (typeof tenants)[0];
            void tenant.hub.apply(await tenant.log.append([one]));
            if (index % 4 === 0) await settled();
          }
          await settled();
          for (const { hub, epoch, tenant, filter, live, read } of readers) {
            const replayed = new TestByteSink();
            const connection = hub.attach(replayed, { streams: read, filter, cursor: `${epoch}.0` });
            const own = published.flatMap(([second, one]) => (second === (tenant === 1) ? [one] : []));
            await expect.poll(() => connection.cursor).toBe(`${epoch}.${own.length.toString(36)}`);
            const expected = own.flatMap((one, index) =>
              read.includes(one.stream) && naive(filter, one)
                ? [[`${epoch}.${(index + 1).toString(36)}`, one.data]]
                : [],
            );
            const seen = (sink: TestByteSink) =>
              sink.events.flatMap(({ name, id, data }) => (name.startsWith('ps.') ? [] : [[id, data]]));
            expect(seen(live)).toEqual(expected);
            expect(seen(replayed)).toEqual(expected);
          }
          for (const { hub } of tenants) await hub.drain(0);
        },
      ),
      { seed: 48, numRuns: 150 },
    );
  });
});

describe('a hub with filters', () => {
  const reader = (hub: ReturnType<typeof createHub>, filter: Filter, streams: string[], cursor?: string) => {
    const sink = new TestByteSink();
    return { sink, connection: hub.attach(sink, { streams, filter, cursor }) };
  };

  it('asks each different filter once about an event, however many read', async () => {
    const log = createMemoryLog({ epoch: 'epoch1' });
    const hub = createHub({ log });
    const big: Filter = { field: 'data.n', op: 'gte', value: 2 };
    const readers = Array.from({ length: 100 }, (_, user) => reader(hub, { ...big }, ['w', `u.${user}`]));
    readers.push(reader(hub, { not: big }, ['w']));
    await settled();
    for (let n = 1; n <= 3; n += 1) await hub.apply([log.append({ stream: 'w', name: 'a.b', data: `{"n":${n}}` })]);
    await settled();
    expect(readers[0]?.sink.data).toEqual(['{"n":2}', '{"n":3}']);
    expect(readers.at(-1)?.sink.data).toEqual(['{"n":1}']);
    expect(hub.stats()).toMatchObject({ filters: 2, filterEvals: 6, filterDropped: 3, delivered: 201 });
    hub.close(() => true, 'gone');
    expect(hub.stats()).toMatchObject({ filters: 0, groups: 0 });
  });

  it('moves the cursor over what it drops, so that nobody seems to be behind', async () => {
    const log = createMemoryLog({ epoch: 'epoch1' });
    const hub = createHub({ log, heartbeatMs: 40 });
    const { sink, connection } = reader(hub, { field: 'name', op: 'eq', value: 'x.y' }, ['w']);
    await settled();
    for (let n = 0; n < 5; n += 1) await hub.apply([log.append({ stream: 'w', name: 'a.b', data: '1' })]);
    await expect.poll(() => sink.events.at(-1)?.id).toBe('epoch1.5');
    expect([sink.names, connection.lag]).toEqual([['ps.open', 'ps.sync'], 0]);
  });

  it('lets a long replay that brings little share its turns with others', async () => {
    const log = createMemoryLog({ epoch: 'epoch1' });
    const hub = createHub({ log });
    await hub.cursor();
    for (let n = 0; n < 9_000; n += 1) void hub.apply([log.append({ stream: 'w', name: 'a.b', data: String(n) })]);
    const { sink, connection } = reader(hub, { field: 'data', op: 'eq', value: 8_999 }, ['w'], 'epoch1.0');
    await Promise.resolve().then(() => Promise.resolve());
    await new Promise((resolve) => setImmediate(resolve));
    expect([sink.data, connection.state]).toEqual([[], 'catchup']);
    await expect.poll(() => sink.data).toEqual(['8999']);
  });
});

const settled = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
