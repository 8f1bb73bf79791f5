import type { FieldError, Step, WorkflowDefinition } from '@pulsestack/core';
import { problemsOfSchema } from '../../../kernel/json-schema.ts';
import { problemsOfRule } from '../../../kernel/logic.ts';
import { allSteps, listsOf } from '../compile.ts';
import { kindOf } from '../steps/index.ts';
import { MAX_DEPTH } from '../steps/people.ts';

const MAX_STEPS = 200;

/** What keeps a definition from working, beyond its shape. Each names the step, and the field as a JSON pointer. */
export function problemsOf(definition: WorkflowDefinition): FieldError[] {
  const problems: FieldError[] = [];
  const complain = (field: string, message: string) => problems.push({ in: 'body', field, message });
  const steps = allSteps(definition.steps);
  if (steps.length > MAX_STEPS) complain('/steps', `must not hold more than ${MAX_STEPS} steps in all`);
  if (definition.payload !== undefined) problems.push(...problemsOfSchema(definition.payload, '/payload'));
  if (definition.trigger.if !== undefined)
    for (const problem of problemsOfRule(definition.trigger.if)) complain('/trigger/if', problem);
  const seen = new Set<string>();
  checkList(definition.steps, '/steps', { seen, code: new Set(), loops: 0 }, complain);
  return problems;
}

interface Around {
  /** Ids of all steps so far. */
  seen: Set<string>;
  /** Ids of the code steps so far. */
  code: Set<string>;
  loops: number;
}

function checkList(
  steps: readonly Step[],
  path: string,
  around: Around,
  complain: (field: string, message: string) => void,
): void {
  for (const [i, step] of steps.entries()) {
    const here = `${path}/${i}`;
    const say = (field: string, message: string) => complain(`${here}${field}`, `step "${step.id}": ${message}`);
    if (around.seen.has(step.id)) say('/id', 'this id is used by another step');
    for (const problem of step.if === undefined ? [] : problemsOfRule(step.if)) say('/if', problem);
    for (const problem of madeContentProblems(step, around.code)) say('/contentFrom', problem);
    for (const problem of conditionProblems(step)) say(problem.field, problem.message);
    for (const problem of kindOf(step).check?.(step as never) ?? []) say('', problem);
    around.seen.add(step.id);
    if (step.type === 'code') around.code.add(step.id);
    if (step.type === 'loop' && around.loops >= 2) say('', 'loops may stand two deep');
    for (const [list, inner] of listsOf(step).entries())
      checkList(
        inner,
        `${here}${listPath(step, list)}`,
        { ...around, loops: around.loops + (step.type === 'loop' ? 1 : 0) },
        complain,
      );
  }
}

const OWN_CONTENT = ['template', 'title', 'subject', 'body', 'layout'];

function madeContentProblems(step: Step, code: ReadonlySet<string>): string[] {
  if (!('contentFrom' in step) || step.contentFrom === undefined) return [];
  const own = OWN_CONTENT.find((field) => (step as Record<string, unknown>)[field] !== undefined);
  return [
    ...(code.has(step.contentFrom) ? [] : [`there is no code step "${step.contentFrom}" before it`]),
    ...(own === undefined ? [] : [`the content comes from a code step, so ${own} must be left out`]),
  ];
}

function conditionProblems(step: Step): { field: string; message: string }[] {
  if (step.type === 'branch')
    return step.branches.flatMap((one, i) =>
      problemsOfRule(one.if).map((message) => ({ field: `/branches/${i}/if`, message })),
    );
  if (step.type === 'wait')
    return step.events.flatMap((one, i) =>
      one.if === undefined ? [] : problemsOfRule(one.if).map((message) => ({ field: `/events/${i}/if`, message })),
    );
  return [];
}

/** Every step with those inside of it, each with its place as a JSON pointer. */
export function placedSteps(steps: readonly Step[], path = '/steps'): { step: Step; place: string }[] {
  return steps.flatMap((step, i) => {
    const place = `${path}/${i}`;
    const inside = listsOf(step).flatMap((inner, list) => placedSteps(inner, `${place}${listPath(step, list)}`));
    return [{ step, place }, ...inside];
  });
}

function listPath(step: Step, list: number): string {
  switch (step.type) {
    case 'branch':
      return list < step.branches.length ? `/branches/${list}/steps` : '/else';
    case 'wait':
      return list < step.events.length ? `/events/${list}/steps` : '/onTimeout';
    case 'split':
      return `/arms/${list}/steps`;
    default:
      return '/steps';
  }
}

/**
 * What is wrong with the workflows that start each other: a circle never ends, and beyond a depth the engine refuses. `others`
 * are the published definitions by their keys.
 */
export function problemsOfInvokes(
  definition: WorkflowDefinition,
  others: ReadonlyMap<string, WorkflowDefinition>,
): FieldError[] {
  const problems: FieldError[] = [];
  const find = (key: string) => (key === definition.key ? definition : others.get(key));
  const walk = (key: string, path: readonly string[]): void => {
    if (problems.length > 0) return;
    if (path.includes(key)) {
      problems.push({
        in: 'body',
        field: '/steps',
        message: `the workflows start each other in a circle: ${[...path, key].join(' → ')}`,
      });
      return;
    }
    if (path.length > MAX_DEPTH) {
      problems.push({ in: 'body', field: '/steps', message: `workflows may start each other ${MAX_DEPTH} deep` });
      return;
    }
    for (const next of invokedBy(find(key))) walk(next, [...path, key]);
  };
  for (const { step, place } of placedSteps(definition.steps))
    if (step.type === 'invoke' && !find(step.workflow))
      problems.push({
        in: 'body',
        field: `${place}/workflow`,
        message: `step "${step.id}": the workflow "${step.workflow}" is not published`,
      });
  if (problems.length === 0) walk(definition.key, []);
  return problems;
}

/** The keys of the workflows that a definition starts. */
export function invokedBy(definition: WorkflowDefinition | undefined): string[] {
  if (!definition) return [];
  return [...new Set(allSteps(definition.steps).flatMap((step) => (step.type === 'invoke' ? [step.workflow] : [])))];
}
