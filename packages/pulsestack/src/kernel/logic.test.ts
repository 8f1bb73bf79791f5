import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateRule, holds, LogicError, problemsOfRule, variablesOf } from './logic.ts';

const data = {
  payload: { amount: 120, who: 'ada', tags: ['a', 'b'], empty: '', nested: { id: 7 } },
  integers: [1, 2, 3, 4],
};

describe('JSON Logic', () => {
  it.each([
    [{ '==': [1, 1] }, true],
    [{ '==': [1, '1'] }, true],
    [{ '===': [1, '1'] }, false],
    [{ '!=': [1, '1'] }, false],
    [{ '!==': [1, '1'] }, true],
    [{ '>': ['2', 1] }, true],
    [{ '<': [1, 2, 3] }, true],
    [{ '<': [1, 4, 3] }, false],
    [{ '<=': [1, 1, 3] }, true],
    [{ '!': [[]] }, true],
    [{ '!!': ['0'] }, true],
    [{ '!!': [0] }, false],
    [{ or: [false, 'apple'] }, 'apple'],
    [{ and: [true, 'apple', 3] }, 3],
    [{ and: [true, '', 3] }, ''],
    [{ if: [true, 'yes', 'no'] }, 'yes'],
    [{ if: [false, 'a', false, 'b', 'c'] }, 'c'],
    [{ if: [] }, null],
    [{ max: [1, 2, 3] }, 3],
    [{ min: [3, 1, 2] }, 1],
    [{ '+': [1, '2', 3] }, 6],
    [{ '-': [2] }, -2],
    [{ '-': [5, 2] }, 3],
    [{ '*': [2, 3, 4] }, 24],
    [{ '/': [4, 2] }, 2],
    [{ '%': [101, 2] }, 1],
    [{ merge: [[1, 2], 3, [4]] }, [1, 2, 3, 4]],
    [{ in: ['Spring', 'Springfield'] }, true],
    [{ in: [1, [1, 2]] }, true],
    [{ cat: ['I love ', { var: 'payload.who' }] }, 'I love ada'],
    [{ substr: ['jsonlogic', 4] }, 'logic'],
    [{ substr: ['jsonlogic', -5] }, 'logic'],
    [{ substr: ['jsonlogic', 1, 3] }, 'son'],
    [{ substr: ['jsonlogic', 4, -2] }, 'log'],
    [{ var: 'payload.nested.id' }, 7],
    [{ var: ['payload.none', 26] }, 26],
    [{ var: 'payload.tags.1' }, 'b'],
    [{ missing: ['payload.who', 'payload.none', 'payload.empty'] }, ['payload.none', 'payload.empty']],
    [{ missing_some: [1, ['payload.who', 'payload.none']] }, []],
    [{ missing_some: [2, ['payload.who', 'payload.none']] }, ['payload.none']],
    [{ filter: [{ var: 'integers' }, { '%': [{ var: '' }, 2] }] }, [1, 3]],
    [{ map: [{ var: 'integers' }, { '*': [{ var: '' }, 2] }] }, [2, 4, 6, 8]],
    [{ reduce: [{ var: 'integers' }, { '+': [{ var: 'current' }, { var: 'accumulator' }] }, 0] }, 10],
    [{ all: [{ var: 'integers' }, { '>': [{ var: '' }, 0] }] }, true],
    [{ all: [[], { '>': [{ var: '' }, 0] }] }, false],
    [{ none: [[], { '>': [{ var: '' }, 0] }] }, true],
    [{ some: [{ var: 'integers' }, { '>': [{ var: '' }, 3] }] }, true],
  ])('%j is %j', (rule, expected) => {
    expect(evaluateRule(rule, data)).toEqual(expected);
  });

  it('takes what cannot be compared as unknown, and unknown as false, also when it is negated', () => {
    for (const rule of [
      { '<': [{ var: 'payload.none' }, 100] },
      { '>': [{ var: 'payload.who' }, 100] },
      { '>': [{ '+': [{ var: 'payload.who' }, 1] }, 0] },
      { '/': [1, 0] },
      { in: ['a', { var: 'payload.none' }] },
    ]) {
      expect(holds(rule, data)).toBe(false);
      expect(holds({ '!': [rule] }, data)).toBe(false);
      expect(holds({ or: [rule, true] }, data)).toBe(true);
      expect(holds({ and: [rule, true] }, data)).toBe(false);
      expect(holds({ '!': [{ and: [rule, false] }] }, data)).toBe(true);
    }
  });

  it('reaches nothing but data', () => {
    for (const path of ['constructor', '__proto__', 'payload.constructor.name', 'payload.tags.length', 'toString'])
      expect(evaluateRule({ var: path }, data)).toBeNull();
    expect(() => evaluateRule({ constructor: [] }, data)).toThrow(LogicError);
    expect(() => evaluateRule({ toString: [] }, data)).toThrow(LogicError);
  });

  it('names operators that do not exist and the variables that are read', () => {
    expect(problemsOfRule({ and: [{ shout: [1] }, true] })).toEqual(['there is no operator "shout"']);
    expect(problemsOfRule({ and: [true] })).toEqual([]);
    expect(variablesOf({ and: [{ '>': [{ var: 'payload.a' }, 1] }, { missing: ['user.email'] }] }).toSorted()).toEqual([
      'payload.a',
      'user.email',
    ]);
  });

  it('stops rules that would take for ever', () => {
    const many = Array.from({ length: 300 }, (_, i) => i);
    const nested = { map: [{ var: 'many' }, { map: [{ var: 'many' }, 1] }] };
    const inner = { reduce: [many, { '+': [{ reduce: [many, { '+': [{ var: 'current' }, 1] }, 0] }, 1] }, 0] };
    expect(holds(nested, { many })).toBe(true);
    expect(() => evaluateRule(inner, {})).toThrow(/too many operations/);
    let deep: unknown = true;
    for (let i = 0; i < 40; i++) deep = { '!': [deep] };
    expect(() => evaluateRule(deep, {})).toThrow(/nested/);
    expect(problemsOfRule(deep)).toHaveLength(1);
  });

  it('never throws anything but its own error, whatever the rule', () => {
    const operators = [
      'var',
      '==',
      '<',
      'and',
      'or',
      '!',
      'if',
      '+',
      '-',
      '/',
      'map',
      'reduce',
      'in',
      'cat',
      'substr',
      'x',
    ];
    const rule = fc.letrec((tie) => ({
      rule: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue(),
        fc
          .tuple(fc.constantFrom(...operators), fc.array(tie('rule'), { maxLength: 3 }))
          .map(([operator, args]) => ({ [operator]: args })),
      ),
    })).rule;
    fc.assert(
      fc.property(rule, (one) => {
        try {
          expect(typeof holds(one, data)).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(LogicError);
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
