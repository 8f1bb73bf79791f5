import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextKind } from '../../ports/template-engine.ts';
import { createEngine, OUTPUT, parsePart, place } from './engine.ts';
import type { Occasion } from './filters.ts';
import { planOf } from './plan.ts';

const occasion: Occasion = {
  input: { data: {}, locales: ['de', 'en'], locale: 'de', timeZone: 'Europe/Vienna', nowMs: 0 },
  messages: { de: { k: '{n, plural, one {eins} other {# viele}} {x}' } },
};

const path = fc.constantFrom(
  'a',
  'b',
  'a.b',
  'a.b.c',
  'a[0]',
  'a[0].b',
  'a["b"]',
  'a.size',
  'item',
  'item.b',
  'list',
  'list.size',
  'z',
  'forloop.index',
  'forloop.last',
  'constructor',
  'a.__proto__',
  'a.toString',
);
const literal = fc.constantFrom('1', '-2', '3.5', '"x"', "'<b>'", 'true', 'false', '""', '"}}"');
const operand = fc.oneof({ weight: 3, arbitrary: path }, literal);
const filter = fc.oneof(
  fc.constantFrom(
    'upcase',
    'downcase',
    'capitalize',
    'escape',
    'newline_to_br',
    'url_encode',
    'number',
    'number: 2',
    'currency: "EUR"',
    'date: "datetime"',
    'date: "%Y"',
    'truncate: 4',
    'size',
    'reverse',
  ),
  operand.map((value) => `default: ${value}`),
  operand.map((value) => `default: ${value}, allow_false: true`),
  operand.map((value) => `plus: ${value}`),
  operand.map((value) => `plural: one: "eins", other: ${value}`),
  operand.map((value) => `t: n: 2, x: ${value}`),
  operand.map((value) => `at_most: ${value}`),
);
const expression = fc
  .tuple(operand, fc.array(filter, { maxLength: 2 }))
  .map(([value, filters]) => [value, ...filters].join(' | '));
const comparison = fc.oneof(
  operand,
  fc
    .tuple(
      operand,
      fc.constantFrom('==', '!=', '>', '<', '>=', '<=', 'contains'),
      fc.oneof(operand, fc.constantFrom('nil', 'empty', 'blank')),
    )
    .map((parts) => parts.join(' ')),
);
const condition = fc
  .tuple(fc.array(comparison, { minLength: 1, maxLength: 3 }), fc.constantFrom(' and ', ' or '))
  .map(([all, word]) => all.join(word));
const dash = fc.constantFrom('', '', '', '-');

const { template } = fc.letrec<{ template: string; block: string }>((tie) => ({
  template: fc.array(tie('block'), { maxLength: 5 }).map((all) => all.join('')),
  block: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom('text ', '\n', '  <i>x</i>  ', '"'),
    fc.tuple(dash, expression, dash).map(([l, inner, r]) => `{{${l} ${inner} ${r}}}`),
    fc
      .tuple(fc.constantFrom('if', 'unless'), condition, tie('template'), dash)
      .map(([tag, test, body, d]) => `{%${d} ${tag} ${test} ${d}%}${body}{% end${tag} %}`),
    fc
      .tuple(condition, tie('template'), condition, tie('template'), tie('template'))
      .map(([a, x, b, y, z]) => `{% if ${a} %}${x}{% elsif ${b} %}${y}{% else %}${z}{% endif %}`),
    fc
      .tuple(path, fc.constantFrom('', ' limit: 2'), tie('template'), tie('template'))
      .map(([list, limit, body, none]) => `{% for item in ${list}${limit} %}${body}{% else %}${none}{% endfor %}`),
    fc.tuple(fc.constantFrom('z', 'a', 'item'), expression).map(([name, value]) => `{% assign ${name} = ${value} %}`),
  ),
}));

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      1,
      2,
      -1.5,
      12345.678,
      '',
      'x',
      '<b>&"',
      '2026-03-29T00:30:00Z',
      'two\nlines',
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'size', 'item'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
const data = fc.record(
  { a: value, b: value, list: fc.array(value, { maxLength: 4 }) },
  { requiredKeys: [], noNullPrototype: true },
);

describe('everyday Liquid as functions', () => {
  it('says what the engine says', () => {
    let planned = 0;
    fc.assert(
      fc.property(template, data, fc.constantFrom<TextKind>('html', 'plain', 'markdown'), (source, data, kind) => {
        const liquid = createEngine(kind, {}, () => occasion);
        const parsed = parsePart(liquid, { kind, source });
        const plan = planOf(place(kind, source), liquid, OUTPUT[kind]);
        if (!plan) return;
        planned++;
        const answer = (render: () => unknown) => {
          try {
            return { text: render() };
          } catch {
            return 'failed';
          }
        };
        expect(answer(() => plan(data, Number.POSITIVE_INFINITY))).toEqual(
          answer(() => liquid.renderSync(parsed, data, { globals: data })),
        );
      }),
      { numRuns: 3000, seed: 20261120 },
    );
    // A planner that understands nothing would agree with everything.
    expect(planned).toBeGreaterThan(1000);
  });
});
