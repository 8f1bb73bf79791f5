import type { Change, Step, WorkflowDefinition } from '@pulsestack/core';
import { listsOf } from '../compile.ts';

type Json = Change['before'];

/** The fields that hold other steps; those are compared by themselves. */
const LISTS = new Set(['steps', 'else', 'onTimeout']);

/** How one definition became another. Steps are recognised by their ids, so one that was moved is not another one. */
export function diff(before: WorkflowDefinition | null, after: WorkflowDefinition): Change[] {
  const changes: Change[] = [];
  compare(strip(before ?? {}), strip(after), '', null, changes);
  const old = before ? placed(before.steps) : new Map<string, Placed>();
  const fresh = placed(after.steps);
  for (const [id, { step }] of old)
    if (!fresh.has(id)) changes.push({ kind: 'removed', step: id, path: '', before: step as unknown as Json });
  for (const [id, { step, place }] of fresh) {
    const known = old.get(id);
    if (!known) changes.push({ kind: 'added', step: id, path: '', after: step as unknown as Json });
    else {
      if (known.place !== place) changes.push({ kind: 'moved', step: id, path: '', before: known.place, after: place });
      compare(strip(known.step), strip(step), '', id, changes);
    }
  }
  return changes;
}

interface Placed {
  step: Step;
  /** Behind which step, in which list. */
  place: string;
}

function placed(steps: readonly Step[], list = 'steps', found = new Map<string, Placed>()): Map<string, Placed> {
  for (const [i, step] of steps.entries()) {
    found.set(step.id, { step, place: `${list}, ${i === 0 ? 'first' : `behind ${steps[i - 1]?.id}`}` });
    for (const [nr, inner] of listsOf(step).entries()) placed(inner, `${step.id}[${nr}]`, found);
  }
  return found;
}

/** Without the steps inside. */
function strip(value: object): Record<string, unknown> {
  const shallow = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(shallow);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one)
        .filter(([key, inner]) => !(LISTS.has(key) && Array.isArray(inner)) && inner !== undefined)
        .map(([key, inner]) => [key, shallow(inner)]),
    );
  };
  return shallow(value) as Record<string, unknown>;
}

function compare(before: unknown, after: unknown, path: string, step: string | null, changes: Change[]): void {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(before[key], after[key], `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, step, changes);
    return;
  }
  if (before === undefined) changes.push({ kind: 'added', step, path, after: after as Json });
  else if (after === undefined) changes.push({ kind: 'removed', step, path, before: before as Json });
  else changes.push({ kind: 'changed', step, path, before: before as Json, after: after as Json });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
