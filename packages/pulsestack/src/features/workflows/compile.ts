import { createHash } from 'node:crypto';
import type { Step, WorkflowDefinition } from '@pulsestack/core';
import { type CompiledSchema, compileSchema } from '../../kernel/json-schema.ts';
import { variablesOf } from '../../kernel/logic.ts';

/** A published version, ready to run. */
export interface Compiled {
  key: string;
  version: number;
  hash: string;
  definition: WorkflowDefinition;
  schema: CompiledSchema | undefined;
  /** Does any condition ask how far a message is? Then messages are committed before it is answered. */
  asksStates: boolean;
  asksPresence: boolean;
  /** Can a digest end before its time? */
  flushes: boolean;
  /** Does any step go by the wall clock of the user? */
  asksZone: boolean;
  /** The events some step waits for. */
  awaited: readonly string[];
}

/** Where a run stands: the number of a step, then of a list inside of it, then of a step there, and so on. */
export type Position = readonly number[];

export const START: Position = [0];

export function compile(key: string, version: number, definition: WorkflowDefinition): Compiled {
  const paths = conditionsOf(definition).flatMap(variablesOf);
  const everything = allSteps(definition.steps);
  return {
    key,
    version,
    hash: hashOf(definition),
    definition,
    schema: definition.payload === undefined ? undefined : compileSchema(definition.payload),
    asksStates: paths.some((path) => path.startsWith('steps.') || path === 'steps'),
    asksPresence: paths.some((path) => path.startsWith('presence')),
    flushes: everything.some((step) => step.type === 'digest' && step.flushAt !== undefined),
    asksZone: everything.some(
      (step) => (step.type === 'delay' && step.at !== undefined) || (step.type === 'digest' && step.cron !== undefined),
    ),
    awaited: [
      ...new Set(everything.flatMap((step) => (step.type === 'wait' ? step.events.map((one) => one.event) : []))),
    ],
  };
}

/** Equal definitions have equal hashes, in whatever order their fields were written. */
export function hashOf(definition: unknown): string {
  return createHash('sha256').update(canonical(definition)).digest('base64url').slice(0, 22);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The lists of steps inside of a step, in the order in which positions number them. */
export function listsOf(step: Step): Step[][] {
  switch (step.type) {
    case 'branch':
      return [...step.branches.map((branch) => branch.steps), step.else ?? []];
    case 'wait':
      return [...step.events.map((one) => one.steps ?? []), step.onTimeout ?? []];
    case 'loop':
      return [step.steps];
    case 'split':
      return step.arms.map((arm) => arm.steps);
    default:
      return [];
  }
}

/** Every step with those inside of it, in the order in which they are written. */
export function allSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...listsOf(step).flatMap(allSteps)]);
}

export function conditionsOf(definition: WorkflowDefinition): unknown[] {
  const own = definition.trigger.if === undefined ? [] : [definition.trigger.if];
  return [
    ...own,
    ...allSteps(definition.steps).flatMap((step) => [
      ...(step.if === undefined ? [] : [step.if]),
      ...(step.type === 'branch' ? step.branches.map((branch) => branch.if) : []),
      ...(step.type === 'wait' ? step.events.flatMap((one) => (one.if === undefined ? [] : [one.if])) : []),
    ]),
  ];
}

/** The step at a position, or undefined behind the end of its list. */
export function stepAt(steps: readonly Step[], position: Position): Step | undefined {
  let list: readonly Step[] | undefined = steps;
  for (let i = 0; ; i += 2) {
    const step: Step | undefined = list?.[position[i] ?? 0];
    if (i + 1 >= position.length || !step) return step;
    // A loop has one list, and the number in the position is the round.
    list = listsOf(step)[step.type === 'loop' ? 0 : (position[i + 1] ?? 0)];
  }
}

/** The loops around a position, the outermost first, with the round each is in. */
export function roundsOf(steps: readonly Step[], position: Position): { step: Step; round: number }[] {
  const rounds: { step: Step; round: number }[] = [];
  for (let i = 1; i < position.length; i += 2) {
    const step = stepAt(steps, position.slice(0, i));
    if (step?.type === 'loop') rounds.push({ step, round: position[i] ?? 0 });
  }
  return rounds;
}

/** The next position after this step, or null at the end; `roundsLeft` tells whether a loop goes round again. */
export function after(
  steps: readonly Step[],
  position: Position,
  goesRoundAgain: (loop: Step, round: number) => boolean,
): Position | null {
  let here = [...position];
  for (;;) {
    here = [...here.slice(0, -1), (here.at(-1) ?? 0) + 1];
    if (stepAt(steps, here)) return here;
    if (here.length === 1) return null;
    const outer = here.slice(0, -2);
    const step = stepAt(steps, outer);
    const round = here.at(-2) ?? 0;
    if (step?.type === 'loop' && goesRoundAgain(step, round)) return [...outer, round + 1, 0];
    here = outer;
  }
}
