import { Step } from '@pulsestack/core';
import { describe, expect, it } from 'vitest';
import { FIELDS } from './fields.ts';
import { KIND_GROUPS, KINDS, newStep, type StepType } from './kinds.ts';

interface Shaped {
  shape: Record<string, unknown> & { type: { value: StepType } };
}

const shapes = (Step as unknown as { options: Shaped[] }).options;
const BY_HAND = new Set(['id', 'name', 'if', 'type', 'branches', 'else', 'events', 'onTimeout', 'arms', 'steps']);

describe('the forms of steps', () => {
  it.each(shapes.map(({ shape }) => [shape.type.value, Object.keys(shape)] as const))(
    '%s can be written as a whole, and nothing else',
    (type, names) => {
      const own = names.filter((name) => !BY_HAND.has(name));
      expect(FIELDS[type].map((field) => field.name as string).toSorted()).toEqual(own.toSorted());
    },
  );

  it('offers every kind once, and each begins with what the schema takes', () => {
    const offered = KIND_GROUPS.flatMap((group) => group.types);
    expect(offered.toSorted()).toEqual(shapes.map(({ shape }) => shape.type.value).toSorted());
    for (const type of offered)
      expect(Step.safeParse(newStep(type, new Set())).error, KINDS[type].label).toBeUndefined();
  });
});
