import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { Liquid } from 'liquidjs';
import { afterAll, describe, expect, it } from 'vitest';
import { splitLiquid } from '../../ports/liquid-source.ts';
import type { Program, ProgramInput, ProgramPart } from '../../ports/template-engine.ts';
import { createLiquidEngine } from './index.ts';
import { openEngine } from './testing/say.ts';
import { workedMs } from './worked.ts';

const { engine, program, input, one } = openEngine();
afterAll(() => engine.close());

/** Loops in loops over `list` that write nothing. */
const loop = (depth: number): string => (depth === 0 ? '' : `{% for i in list %}${loop(depth - 1)}{% endfor %}`);

describe('templates in threads', () => {
  it('answers in the order of the inputs, and one that fails fails alone', async () => {
    const source = '{% if n == 3 %}{% render "gone" %}{% endif %}{{ n }}';
    const outputs = await engine.render(
      program({ text: { kind: 'plain', source } }),
      Array.from({ length: 250 }, (_, n) => input({ n })),
    );
    expect(outputs.map((output) => (output.ok ? output.parts.text : output.error.message))).toEqual(
      Array.from({ length: 250 }, (_, n) => (n === 3 ? 'there is no partial "gone"' : String(n))),
    );
  });

  it.each([
    ['a loop without end', '{% for i in (1..1000000000) %}{% for j in (1..1000000000) %}{% endfor %}{% endfor %}'],
    [
      'a text that doubles',
      '{% assign a = "xxxxxxxxxx" %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}{{ a }}',
    ],
    [
      'a list that doubles',
      '{% assign a = "1,2" | split: "," %}{% for i in (1..60) %}{% assign a = a | concat: a %}{% endfor %}{{ a.size }}',
    ],
    ['a date as wide as the memory', '{{ "2026-01-01" | date: "%999999999Y" }}'],
    ['nesting without end', '{% if a %}'.repeat(15_000)],
    ['a partial that renders itself', '{% render "self" %}'],
  ])('stops %s', async (_name, source) => {
    const partials = { self: { plain: 'x{% render "self" %}' } };
    expect(await one('plain', source, {}, { partials })).toMatchObject({ failed: expect.any(String) });
    // The thread, or the one that took its place, goes on.
    expect(await one('plain', '{{ a }}', { a: 'alive' })).toBe('alive');
  });

  it('stops the thread of a text that does not give up, saves the others, and goes on meanwhile', async () => {
    const stubborn = createLiquidEngine({ threads: 1, renderLimitMs: 60_000, stuckMs: 100, patience: [1, 2, 3] });
    const nested = program({
      text: { kind: 'line', source: `{% if list %}{% assign a = "" %}${loop(6)}{% endif %}{{ n }}` },
    });
    let beats = 0;
    const heart = setInterval(() => beats++, 5);
    const list = Array.from({ length: 200 }, (_, i) => i);
    const outputs = await stubborn.render(nested, [input({ n: 1 }), input({ n: 2, list }), input({ n: 3 })]);
    clearInterval(heart);
    expect(outputs.map((output) => (output.ok ? output.parts.text : output.error.message))).toEqual([
      '1',
      'the template takes too long; it was stopped 3 times',
      '3',
    ]);
    expect(beats).toBeGreaterThan(1);
    // The others of this program do not take three times as long each.
    const [again] = await stubborn.render(nested, [input({ n: 4, list })]);
    expect(again).toMatchObject({ error: { message: 'the template takes too long; it was stopped once' } });
    await stubborn.close();
  });

  it('tries a text again whose thread was stopped: perhaps the machine was busy', async () => {
    const hasty = createLiquidEngine({ threads: 1, renderLimitMs: 60_000, stuckMs: 20, patience: [1, 3000] });
    const list = Array.from({ length: 60 }, (_, i) => i);
    const slow = program({ text: { kind: 'line', source: `${loop(4)}{{ n }}` } });
    const outputs = await hasty.render(slow, [input({ n: 1 }), input({ n: 2, list }), input({ n: 3 })]);
    await hasty.close();
    expect(outputs.map((output) => (output.ok ? output.parts.text : output.error.message))).toEqual(['1', '2', '3']);
  });

  it('takes the limit from the work of the thread, not from the clock', async () => {
    const began = { at: performance.now(), worked: workedMs() };
    const other = new Worker('const end = performance.now() + 60; while (performance.now() < end);', { eval: true });
    await once(other, 'exit');
    expect(workedMs() - began.worked).toBeLessThan((performance.now() - began.at) / 2);
    const begin = workedMs();
    while (workedMs() - begin < 5);
    expect(workedMs() - begin).toBeGreaterThanOrEqual(5);
  });

  it('stops a text that grows beyond all bounds', async () => {
    const list = Array.from({ length: 500 }, (_, i) => i);
    const source = `{% for a in list %}{% for b in list %}${'x'.repeat(100)}{% endfor %}{% endfor %}`;
    expect(await one('plain', source, { list })).toMatchObject({ failed: 'the text is too long' });
  });

  it.each([
    ['{{ "".constructor.constructor }}', ''],
    ['{{ payload.__proto__.polluted }}{{ payload.constructor.name }}', ''],
    ['{{ a | constructor }}', { failed: 'undefined filter: constructor' }],
    ['{{ a | raw }}', { failed: 'undefined filter: raw' }],
    ['{% include "/etc/passwd" %}', { failed: 'tag "include" not found' }],
    ['{% layout "/etc/passwd" %}', { failed: 'tag "layout" not found' }],
    ['{% render "/etc/passwd" %}', { failed: 'there is no partial "/etc/passwd"' }],
    ['{% render "../../package.json" %}', { failed: 'there is no partial "../../package.json"' }],
  ])('gives nothing of the machine to %s', async (source, expected) => {
    const answer = await one('plain', source, { payload: {} });
    if (typeof expected === 'string') expect(answer).toBe(expected);
    else expect(answer).toMatchObject(expected);
  });

  it('keeps what one program assigns from the next', async () => {
    expect(await one('plain', '{% assign secret = "mine" %}{{ secret }}')).toBe('mine');
    expect(await one('plain', '{{ secret }}')).toBe('');
  });

  it('answers any template, right or wrong', async () => {
    const pieces = fc.constantFrom(
      '{{ a }}',
      '{{ a | ',
      '}}',
      '{% for i in a %}',
      '{% endfor %}',
      '{% if a %}',
      '{% else %}',
      '{% endif %}',
      '{% assign a = a | append: a %}',
      '{% capture a %}',
      '{% endcapture %}',
      '{{ "x" | t: n: 1 }}',
      '{{ a | date: "%Y" }}',
      '<a href="',
      '">',
      "'",
      '{% render "p" %}',
      '{{ a | split: "" | sort | join: a }}',
      '{% case a %}',
      '{% when 1 %}',
      '\n',
      'ü',
    );
    const template = fc
      .array(fc.oneof(pieces, fc.string({ maxLength: 8 })), { maxLength: 25 })
      .map((all) => all.join(''));
    const kind = fc.constantFrom<ProgramPart['kind']>('html', 'markdown', 'plain', 'line', 'url', 'json');
    await fc.assert(
      fc.asyncProperty(template, kind, fc.anything({ maxDepth: 2 }), async (source, kind, a) => {
        engine.inspect({ kind, source }, 'text');
        let cloned: unknown;
        try {
          cloned = structuredClone(a);
        } catch {
          return;
        }
        const [output] = await engine.render(
          program({ text: { kind, source } }, { partials: { p: { [kind]: source } } }),
          [input({ a: cloned })],
        );
        expect(output?.ok === true || typeof output?.error.message === 'string').toBe(true);
      }),
      { numRuns: 400, seed: 20261120 },
    );
  });
});

describe('filters', () => {
  const say = (source: string, data: object, more: Partial<ProgramInput & Program> = {}) =>
    one('plain', source, data, more);

  it('write dates in the words and the zone of the user', async () => {
    const at = '2026-03-29T00:30:00Z';
    const vienna = { locale: 'de-AT', timeZone: 'Europe/Vienna' };
    expect(await say('{{ at | date: "datetime" }}', { at }, vienna)).toBe('29.03.2026, 01:30');
    expect(await say('{{ at | date: "%Y-%m-%d %H:%M" }}', { at }, { timeZone: 'Pacific/Auckland' })).toBe(
      '2026-03-29 13:30',
    );
    expect(await say('{{ at | date: "long" }}', { at }, { locale: 'ja', timeZone: 'America/New_York' })).toBe(
      '2026年3月28日',
    );
    expect(await say('{{ at | date }}|{{ n | date: "%s" }}', { at: 'soon', n: 1_700_000_000 })).toBe('soon|1700000000');
    expect(await say('{{ "now" | date: "time" }}', {}, { locale: 'de', timeZone: 'Asia/Kathmandu' })).toBe('17:45');
  });

  it('write numbers and money', async () => {
    const german = { locale: 'de' };
    expect(
      await say('{{ n | number }} {{ n | number: 1 }} {{ s | number: "percent" }}', { n: 1234.56, s: 0.5 }, german),
    ).toBe('1.234,56 1.234,6 50\u00a0%');
    expect(
      await say('{{ n | currency: "JPY" }} {{ n | currency: "usd" }} {{ x | currency: "EUR" }}', {
        n: 1234.5,
        x: 'free',
      }),
    ).toBe('¥1,235 $1,234.50 free');
  });

  it('choose the plural of the language', async () => {
    const forms = '{{ n | plural: one: "plik", few: "pliki", many: "plików", other: "pliku" }}';
    const polish = await Promise.all([1, 2, 5, 22].map((n) => say(forms, { n }, { locale: 'pl' })));
    expect(polish).toEqual(['plik', 'pliki', 'plików', 'pliki']);
    expect(await say('{{ n }} {{ n | plural: "reply", "replies" }}', { n: 2 })).toBe('2 replies');
  });

  it('translate by ICU along the chain of locales, and show the key of what nobody has', async () => {
    const messages = {
      pt: { hi: 'Olá {name}', n: '{n, plural, one {# arquivo} other {# arquivos}}' },
      ar: { n: '{n, plural, zero {لا ملفات} one {ملف} two {ملفان} few {# ملفات} many {# ملفًا} other {# ملف}}' },
      ru: { n: '{n, plural, one {# файл} few {# файла} many {# файлов} other {# файла}}' },
      en: { hi: 'Hi {name}', sex: '{g, select, f {her} m {his} other {their}} desk <b>' },
    };
    const brazil = { messages, locales: ['pt-BR', 'pt', 'en'], locale: 'pt-BR' };
    expect(
      await say(
        '{{ "hi" | t: name: user.name }}, {{ "n" | t: n: 1234 }}, {{ "none" | t }}',
        { user: { name: 'Ana' } },
        brazil,
      ),
    ).toBe('Olá Ana, 1.234 arquivos, none');
    const count = (locale: string, n: number) =>
      say('{{ "n" | t: n: n }}', { n }, { messages, locales: [locale], locale });
    expect(await Promise.all([0, 2, 3, 11].map((n) => count('ar', n)))).toEqual([
      'لا ملفات',
      'ملفان',
      '3 ملفات',
      '11 ملفًا',
    ]);
    expect(await Promise.all([1, 3, 5].map((n) => count('ru', n)))).toEqual(['1 файл', '3 файла', '5 файлов']);
    expect(await one('html', '{{ "sex" | t: g: "f" }}', {}, { messages })).toBe('her desk &lt;b&gt;');
    expect(await say('{{ "n" | t }}', {}, { messages, locales: ['ru'] })).toMatchObject({
      failed: expect.stringContaining('n'),
    });
  });

  it('keep the type of a value that stands alone', async () => {
    expect(await one('json', '{{ payload.n }}', { payload: { n: 3 } })).toBe('3');
    expect(await one('json', '{{ payload.list }}', { payload: { list: [{ a: 1 }] } })).toBe('[{"a":1}]');
    expect(await one('json', '{{ payload.none }}', { payload: {} })).toBe('null');
  });
});

describe('inspection', () => {
  const inspect = (source: string) => engine.inspect({ kind: 'plain', source }, 'body');

  it('finds variables with their types, through loops and names of their own', () => {
    const { variables } = inspect(
      '{{ payload.name }}{% for item in payload.items %}{{ item.title }}{{ item.price | currency: "EUR" }}{% endfor %}' +
        '{% if user.name %}{{ user.name }}{% endif %}{{ payload.note | default: "none" }}{% assign q = payload.quote %}{{ q.text }}' +
        '{% if payload.count > 3 %}{{ payload["due-at"] | date: "long" }}{% endif %}{% for i in (1..payload.n) %}{{ i }}{% endfor %}',
    );
    expect(variables.map(({ path, type, required }) => [path, type, required])).toEqual([
      ['payload.name', 'string', true],
      ['payload.items', 'list', true],
      ['payload.items[].title', 'string', true],
      ['payload.items[].price', 'number', true],
      ['user.name', 'string', false],
      ['payload.note', 'string', false],
      ['payload.quote', 'any', true],
      ['payload.quote.text', 'string', true],
      ['payload.count', 'number', false],
      ['payload.due-at', 'date', true],
      ['payload.n', 'number', true],
    ]);
  });

  it('names partials and messages, and says when any message may be asked for', () => {
    expect(inspect('{% render "signature" %}{{ "a.b" | t: n: payload.n }}')).toMatchObject({
      partials: ['signature'],
      messageKeys: ['a.b'],
    });
    expect(inspect('{{ payload.key | t }}').messageKeys).toBeNull();
  });

  it('names the line of what is wrong', () => {
    expect(inspect('a\n\n{{ b | nope }}').errors).toEqual([
      { message: 'undefined filter: nope', part: 'body', line: 3 },
    ]);
    expect(inspect('a\n{% if b %}').errors).toMatchObject([{ line: 2 }]);
    expect(inspect('a\n{{ b').errors).toEqual([{ message: '{{ is not closed', part: 'body', line: 2 }]);
    expect(inspect('{% echo a %}').errors).toMatchObject([{ message: 'there is no tag "echo"' }]);
  });

  it('splits a source as the engine does', () => {
    const free = new Liquid();
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '{{ a }}',
            '{{ "}}" }}',
            "{{ '%}' }}",
            '{%- if a -%}',
            '{% endif %}',
            'x',
            '\n',
            '{',
            '}',
            '%',
            '{% comment %} {{ " {% endcomment %}',
          ),
          { maxLength: 12 },
        ),
        (all) => {
          const source = all.join('');
          let expected: string;
          try {
            expected = free.parseAndRenderSync(source, { a: 1 });
          } catch {
            return;
          }
          const again = splitLiquid(source)
            .map((piece) => piece.text)
            .join('');
          expect(free.parseAndRenderSync(again, { a: 1 })).toBe(expected);
        },
      ),
      { numRuns: 2000, seed: 7 },
    );
  });
});
