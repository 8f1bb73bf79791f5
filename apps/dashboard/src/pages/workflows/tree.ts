import type { Step, WorkflowDefinition } from '@pulsestack/core';

/** Where a list of steps stands inside a workflow: `['steps', 0, 'branches', 1, 'steps']`. */
export type Path = readonly (string | number)[];

export interface Place {
  list: Path;
  index: number;
}

/** A list of steps inside of a step. */
export interface Lane {
  path: Path;
  steps: readonly Step[];
}

export interface Placed {
  step: Step;
  place: Place;
  parent: Place | null;
}

const ROOT: Path = ['steps'];

/** The lists inside of a step, in the order in which they are drawn. */
export function lanesOf(step: Step): Lane[] {
  switch (step.type) {
    case 'branch':
      return [
        ...step.branches.map((branch, i) => ({ path: ['branches', i, 'steps'], steps: branch.steps })),
        { path: ['else'], steps: step.else ?? [] },
      ];
    case 'wait':
      return [
        ...step.events.map((event, i) => ({ path: ['events', i, 'steps'], steps: event.steps ?? [] })),
        { path: ['onTimeout'], steps: step.onTimeout ?? [] },
      ];
    case 'loop':
      return [{ path: ['steps'], steps: step.steps }];
    case 'split':
      return step.arms.map((arm, i) => ({ path: ['arms', i, 'steps'], steps: arm.steps }));
    default:
      return [];
  }
}

/** Every step in the order in which they are drawn. */
export function allPlaced(definition: WorkflowDefinition): Placed[] {
  const walk = (steps: readonly Step[], list: Path, parent: Place | null): Placed[] =>
    steps.flatMap((step, index) => {
      const place = { list, index };
      return [
        { step, place, parent },
        ...lanesOf(step).flatMap((lane) => walk(lane.steps, [...list, index, ...lane.path], place)),
      ];
    });
  return walk(definition.steps, ROOT, null);
}

export function findPlaced(definition: WorkflowDefinition, id: string | undefined): Placed | undefined {
  return id === undefined ? undefined : allPlaced(definition).find(({ step }) => step.id === id);
}

/** The place as the server names it in a complaint. */
export function pointerOf({ list, index }: Place): string {
  return `/${[...list, index].join('/')}`;
}

export function insertStep(definition: WorkflowDefinition, { list, index }: Place, step: Step): WorkflowDefinition {
  return changeList(definition, list, (steps) => steps.toSpliced(index, 0, step));
}

export function removeStep(definition: WorkflowDefinition, { list, index }: Place): WorkflowDefinition {
  return changeList(definition, list, (steps) => steps.toSpliced(index, 1));
}

export function replaceStep(definition: WorkflowDefinition, { list, index }: Place, step: Step): WorkflowDefinition {
  return changeList(definition, list, (steps) => steps.with(index, step));
}

/** Puts a step, with what is inside of it, before the step at another place. Into itself it cannot go. */
export function moveStep(definition: WorkflowDefinition, from: Place, to: Place): WorkflowDefinition {
  const step = listAt(definition, from.list)[from.index];
  const inside = `${pointerOf(from)}/`;
  const stays = pointerOf(to) === pointerOf(from) || pointerOf(to) === pointerOf(behind(from));
  if (!step || stays || pointerOf(to).startsWith(inside)) return definition;
  const doubled = insertStep(definition, to, { ...step });
  const original = allPlaced(doubled).find((one) => one.step === step);
  return original ? removeStep(doubled, original.place) : definition;
}

export type Direction = 'up' | 'down' | 'in' | 'out';

/** Where a step goes by one stroke of a key; nothing where there is no way. */
export function targetOf(definition: WorkflowDefinition, { place, parent }: Placed, to: Direction): Place | undefined {
  const { list, index } = place;
  const siblings = listAt(definition, list);
  switch (to) {
    case 'up':
      return index > 0 ? { list, index: index - 1 } : (parent ?? undefined);
    case 'down':
      return index < siblings.length - 1 ? { list, index: index + 2 } : parent ? behind(parent) : undefined;
    case 'out':
      return parent ? behind(parent) : undefined;
    case 'in': {
      const before = siblings[index - 1];
      const lane = before && lanesOf(before)[0];
      return lane && { list: [...list, index - 1, ...lane.path], index: lane.steps.length };
    }
  }
}

const behind = ({ list, index }: Place): Place => ({ list, index: index + 1 });

/** A copy right behind the original; every step in it gets an id of its own. */
export function duplicateStep(
  definition: WorkflowDefinition,
  { step, place }: Placed,
): { definition: WorkflowDefinition; id: string } {
  const taken = new Set(allPlaced(definition).map((one) => one.step.id));
  const anew = (one: Step): Step => {
    const id = freeId(one.id, taken);
    taken.add(id);
    // An optional list that is not written stays unwritten.
    const written = lanesOf(one).filter((lane) => lane.steps.length > 0);
    return written.reduce<Step>((copy, lane) => setIn(copy, lane.path, lane.steps.map(anew)) as Step, { ...one, id });
  };
  const copy = anew(step);
  return { definition: insertStep(definition, behind(place), copy), id: copy.id };
}

/** An id that no step has yet: `email`, `email-2`, … */
export function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/-\d+$/, '').slice(0, 58);
  for (let n = 2; ; n++) if (!taken.has(`${stem}-${n}`)) return `${stem}-${n}`;
}

/** Gives a step another id, and speaks of it by that wherever conditions and texts do. */
export function renameStep(definition: WorkflowDefinition, place: Place, id: string): WorkflowDefinition {
  const step = listAt(definition, place.list)[place.index];
  if (!step || id === step.id) return definition;
  const renamed = replaceStep(definition, place, { ...step, id });
  const spoken = new RegExp(`\\bsteps\\.${step.id.replaceAll('.', '\\.')}(?![\\w-])`, 'g');
  const others = allPlaced(definition).some((one) => one.step !== step && one.step.id === step.id);
  if (others) return renamed;
  return mapTexts(renamed, (text) => text.replace(spoken, `steps.${id}`)) as WorkflowDefinition;
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapTexts(one, change)]));
}

function listAt(definition: WorkflowDefinition, list: Path): readonly Step[] {
  let here: unknown = definition;
  for (const name of list) here = (here as Record<string | number, unknown> | undefined)?.[name];
  return (here as Step[] | undefined) ?? [];
}

function changeList(
  definition: WorkflowDefinition,
  list: Path,
  change: (steps: readonly Step[]) => Step[],
): WorkflowDefinition {
  return setIn(definition, list, change(listAt(definition, list))) as WorkflowDefinition;
}

export function setIn(value: unknown, [head, ...rest]: Path, next: unknown): unknown {
  if (head === undefined) return next;
  if (Array.isArray(value)) return value.map((one: unknown, i) => (i === head ? setIn(one, rest, next) : one));
  const holder = (value ?? {}) as Record<string, unknown>;
  return { ...holder, [head]: setIn(holder[head], rest, next) };
}
