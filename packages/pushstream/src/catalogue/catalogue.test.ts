import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Schema, Validator } from '@cfworker/json-schema';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import {
  type Change,
  compareEvents,
  defineEvents,
  type EventsOf,
  type JsonSchema,
  toAsyncApi,
  writeEventClasses,
} from './index.ts';
import { jsonSchema } from './json-schema.ts';

const catalogue = defineEvents({
  'order.shipped': {
    summary: 'A parcel left the warehouse',
    tags: ['orders'],
    schema: z.object({ id: z.string(), weight: z.number().optional(), carrier: z.enum(['dhl', 'ups']) }),
  },
  'order.lost': {
    deprecated: 'order.delayed',
    schema: jsonSchema<{ id: string }>({ type: 'object', properties: { id: { type: 'string' } }, required: ['id'] }),
  },
  'tree.grown': z.object({
    node: z.object({
      get children() {
        return z.array(z.object({ name: z.string() }));
      },
    }),
  }),
});

describe('a catalogue', () => {
  it('lets pass what fits, and names the place of what does not', () => {
    expect(catalogue.check('order.shipped', { id: '7', carrier: 'ups' })).toBeNull();
    expect(catalogue.check('order.shipped', { id: '7', carrier: 'owl' })?.path).toBe('/carrier');
    expect(catalogue.check('order.lost', { id: 7 })).toMatchObject({ path: '/id' });
    expect(catalogue.check('order.lost', {})?.message).toContain('id');
    expect(catalogue.check('order.eaten', {})?.message).toContain('not declared');
  });

  it('gives every event its type', () => {
    type Events = EventsOf<typeof catalogue>;
    expectTypeOf<Events['order.shipped']['carrier']>().toEqualTypeOf<'dhl' | 'ups'>();
    expectTypeOf<Events['order.lost']>().toEqualTypeOf<{ id: string }>();
  });

  it('refuses names that are no events', () => {
    expect(() => defineEvents({ shipped: z.object({}) })).toThrow('domain.action');
    expect(() => defineEvents({ 'ps.open': z.object({}) })).toThrow('domain.action');
  });
});

describe('AsyncAPI', () => {
  const official = JSON.parse(
    gunzipSync(readFileSync(new URL('../testing/fixtures/asyncapi-3.0.schema.json.gz', import.meta.url))).toString(),
  ) as Schema;
  const validator = new Validator(official, '7', true);
  const options = { title: 'Shop', version: '1.4.0', url: 'https://shop.example.com/events' };

  it('describes the stream by the official schema of AsyncAPI 3.0', () => {
    const document = toAsyncApi(catalogue.events, options);
    expect(validator.validate(document)).toEqual({ valid: true, errors: [] });
    expect(document).toMatchObject({
      servers: { stream: { host: 'shop.example.com', protocol: 'https' } },
      channels: { events: { address: '/events' } },
      components: { messages: { order_shipped: { name: 'order.shipped', tags: [{ name: 'orders' }] }, ps_reset: {} } },
    });
  });

  it('would be told apart by that schema if it were wrong', () => {
    const { info: _, ...wrong } = toAsyncApi(catalogue.events, options);
    expect(validator.validate(wrong).valid).toBe(false);
  });
});

describe('comparing two versions', () => {
  const base = {
    type: 'object',
    properties: { id: { type: 'string' }, size: { type: 'integer' } },
    required: ['id'],
  } as const;
  const compare = (after: JsonSchema, before: JsonSchema = base) =>
    compareEvents(
      defineEvents({ 'a.b': jsonSchema(before) }).events,
      defineEvents({ 'a.b': jsonSchema(after) }).events,
    );
  const told = (changes: Change[]) =>
    changes.map(({ path, breaking, sentence }) => `${breaking ? '!' : ''}${path} ${sentence}`);

  it.each<[string, JsonSchema, string[]]>([
    ['the same', base, []],
    ['other words', { ...base, description: 'New' }, []],
    ['a property more', { ...base, properties: { ...base.properties, note: { type: 'string' } } }, ['/note is new']],
    ['a property less', { ...base, properties: { id: { type: 'string' } } }, ['!/size is gone']],
    ['no longer required', { ...base, required: [] }, ['!/id may now be missing']],
    ['now required', { ...base, required: ['id', 'size'] }, ['/size is now always there']],
    [
      'a wider type',
      { ...base, properties: { ...base.properties, id: { type: ['string', 'null'] } } },
      ['!/id may now be null (was string)'],
    ],
    [
      'a narrower type',
      { ...base, properties: { ...base.properties, size: { type: 'integer' }, id: { type: 'string' } } },
      [],
    ],
    [
      'integers became numbers',
      { ...base, properties: { ...base.properties, size: { type: 'number' } } },
      ['!/size may now be number (was integer)'],
    ],
  ])('%s', (_what, after, expected) => {
    expect(told(compare(after))).toEqual(expected);
  });

  it('knows values that were never seen before', () => {
    const list = (...values: string[]) => ({
      type: 'object',
      properties: { state: { enum: values } },
      required: ['state'],
    });
    expect(told(compare(list('on', 'off', 'idle'), list('on', 'off')))).toEqual(['!/state may now be "idle"']);
    expect(told(compare(list('on'), list('on', 'off')))).toEqual(['/state is never "off" any more']);
  });

  it('tells breaking changes first, and events that come and go', () => {
    const before = defineEvents({ 'a.gone': jsonSchema({}), 'a.kept': jsonSchema({}) });
    const after = defineEvents({ 'a.kept': jsonSchema({}), 'a.new': jsonSchema({}) });
    expect(compareEvents(before.events, after.events)).toEqual([
      { event: 'a.gone', path: '', breaking: true, sentence: 'the event is gone' },
      { event: 'a.new', path: '', breaking: false, sentence: 'the event is new' },
    ]);
  });
});

it('writes types and classes that the compiler accepts, and that refuse other data', () => {
  const directory = mkdtempSync(join(tmpdir(), 'pushstream-types-'));
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const check = (use: string) => {
    writeFileSync(join(directory, 'events.ts'), writeEventClasses(catalogue.events));
    writeFileSync(join(directory, 'use.ts'), `import { type Events, OrderShippedEvent } from './events.ts';\n${use}`);
    try {
      const args = [
        compiler,
        '--noEmit',
        '--strict',
        '--allowImportingTsExtensions',
        '--module',
        'esnext',
        '--types',
        '',
        'use.ts',
      ];
      execFileSync(process.execPath, args, { cwd: directory, stdio: 'pipe' });
      return '';
    } catch (error) {
      return String((error as { stdout: Buffer }).stdout);
    }
  };
  const good = `const event = new OrderShippedEvent({ id: '7', carrier: 'ups' });
export const data: Events[typeof event.name] = event.data;`;
  expect(check(good)).toBe('');
  expect(check(good.replace('ups', 'owl'))).toContain('owl');
  rmSync(directory, { recursive: true });
});
