import type { Step, WorkflowDefinition } from '@pulsestack/core';
import { expect, it } from 'vitest';
import { readSimple, sayCondition, writeSimple } from './condition.ts';
import { begin, change, redo, undo } from './history.ts';
import {
  allPlaced,
  duplicateStep,
  findPlaced,
  insertStep,
  moveStep,
  type Placed,
  pointerOf,
  renameStep,
  targetOf,
} from './tree.ts';

const stop = (id: string): Step => ({ id, type: 'stop' });
const workflow = (steps: Step[]): WorkflowDefinition => ({
  key: 'w',
  name: 'W',
  category: 'general',
  priority: 'normal',
  critical: false,
  tags: [],
  trigger: {},
  steps,
});
const start = workflow([
  stop('a'),
  { id: 'b', type: 'branch', branches: [{ if: { '!': [{ var: 'steps.a.readAt' }] }, steps: [stop('in')] }] },
  stop('c'),
]);
const drawn = (definition: WorkflowDefinition) =>
  allPlaced(definition)
    .map(({ step, place }) => `${pointerOf(place)}=${step.id}`)
    .join(' ');
const at = (definition: WorkflowDefinition, id: string) => findPlaced(definition, id) as Placed;

function go(definition: WorkflowDefinition, id: string, to: 'up' | 'down' | 'in' | 'out'): WorkflowDefinition {
  const target = targetOf(definition, at(definition, id), to);
  return target ? moveStep(definition, at(definition, id).place, target) : definition;
}

it('moves a step by strokes: among its neighbours, into a branch and out of it again', () => {
  expect(drawn(start)).toBe('/steps/0=a /steps/1=b /steps/1/branches/0/steps/0=in /steps/2=c');
  expect(drawn(go(start, 'c', 'up'))).toBe('/steps/0=a /steps/1=c /steps/2=b /steps/2/branches/0/steps/0=in');
  expect(drawn(go(start, 'a', 'down'))).toBe('/steps/0=b /steps/0/branches/0/steps/0=in /steps/1=a /steps/2=c');
  const inside = go(start, 'c', 'in');
  expect(drawn(inside)).toBe('/steps/0=a /steps/1=b /steps/1/branches/0/steps/0=in /steps/1/branches/0/steps/1=c');
  expect(drawn(go(inside, 'c', 'out'))).toBe(drawn(start));
  expect(drawn(go(start, 'in', 'up'))).toBe('/steps/0=a /steps/1=in /steps/2=b /steps/3=c');
  expect(go(start, 'a', 'up')).toBe(start);
});

it('never loses a step: not into itself, and into a lane that was not written', () => {
  const into = { list: ['steps', 1, 'branches', 0, 'steps'], index: 0 };
  expect(moveStep(start, at(start, 'b').place, into)).toBe(start);
  for (const index of [1, 2]) expect(moveStep(start, at(start, 'b').place, { list: ['steps'], index })).toBe(start);
  const other = moveStep(start, at(start, 'a').place, { list: ['steps', 1, 'else'], index: 0 });
  expect(drawn(other)).toBe('/steps/0=b /steps/0/branches/0/steps/0=in /steps/0/else/0=a /steps/1=c');
});

it('duplicates with fresh ids all the way down, and follows a new name into conditions', () => {
  const { definition, id } = duplicateStep(start, at(start, 'b'));
  expect(id).toBe('b-2');
  expect(drawn(definition)).toContain('/steps/2=b-2 /steps/2/branches/0/steps/0=in-2');
  expect(duplicateStep(definition, at(definition, 'b-2')).id).toBe('b-3');
  const renamed = renameStep(start, at(start, 'a').place, 'first');
  expect(JSON.stringify(renamed)).toContain('steps.first.readAt');
  expect(drawn(insertStep(renamed, { list: ['steps'], index: 9 }, stop('z')))).toMatch(/=z$/);
});

it.each([
  [{ '>': [{ var: 'payload.amount' }, 100] }, 'payload.amount is more than 100'],
  [{ '!': [{ var: 'steps.bell.readAt' }] }, 'steps.bell.readAt is not there'],
  [{ '==': [{ var: 'payload.code' }, '12'] }, 'payload.code is "12"'],
  [
    { or: [{ in: ['pro', { var: 'user.attributes.plan' }] }, { in: [{ var: 'payload.kind' }, ['a', 'b']] }] },
    'user.attributes.plan contains pro or payload.kind is one of a, b',
  ],
])('reads %j as lines, and writes the same', (rule, sentence) => {
  const simple = readSimple(rule);
  expect(simple && writeSimple(simple)).toEqual(rule);
  expect(sayCondition(rule)).toBe(sentence);
});

it('leaves alone what lines cannot say', () => {
  for (const rule of [{ '>': [{ var: 'a' }, { var: 'b' }] }, { and: [{ or: [] }] }, { '<': [1, { var: 'x' }, 3] }])
    expect(readSimple(rule as never)).toBeNull();
});

it('takes back what was typed in one field as a whole, and brings it back', () => {
  let history = begin('a');
  history = change(history, 'ab', 'title');
  history = change(history, 'abc', 'title');
  history = change(history, 'x', 'body');
  expect(undo(history).now).toBe('abc');
  expect(undo(undo(history)).now).toBe('a');
  expect(redo(undo(undo(history))).now).toBe('abc');
});
