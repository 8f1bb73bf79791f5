import type { Step, WorkflowDefinition } from '@pulsestack/core';
import { clsx } from 'clsx';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { EndMark, TriggerCard } from './canvas-ends.tsx';
import { titleOf } from './kinds.ts';
import { LaneHead, laneTitles } from './lanes.tsx';
import { StepAdder } from './step-adder.tsx';
import { StepCard } from './step-card.tsx';
import {
  allPlaced,
  type Direction,
  duplicateStep,
  findPlaced,
  insertStep,
  lanesOf,
  moveStep,
  type Path,
  type Place,
  pointerOf,
  removeStep,
  targetOf,
} from './tree.ts';
import type { Editor } from './use-editor.ts';

interface CanvasProps {
  editor: Pick<Editor, 'definition' | 'isReadOnly' | 'change' | 'problemsOf' | 'undo' | 'redo'>;
  chosen?: string | undefined;
  /** Left out where there is nothing to choose for, such as in a preview. */
  onChoose?: (id: string | undefined) => void;
  /** Goes into the form of the chosen step. */
  onEnter?: (id: string) => void;
  onTrigger?: (() => void) | undefined;
}

/**
 * The workflow as it is walked, from the trigger down: every step a card, every way a lane. Nested lists instead of boxes with
 * free lines, because steps form a tree: nothing can be connected wrongly, arrow keys and screen readers follow the order in
 * which it runs, and it fits a phone.
 */
export function Canvas({ editor, chosen, onChoose, onEnter, onTrigger }: CanvasProps) {
  const actions = useActions(editor, onChoose);
  const { definition, isReadOnly } = editor;
  const list = useRef<HTMLDivElement>(null);
  const { toFocus, said } = actions;

  useEffect(() => {
    if (toFocus === null) return;
    list.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(toFocus)}"]`)?.focus();
    actions.focused();
  }, [toFocus, actions]);

  function onKeyDown(event: KeyboardEvent): void {
    const id = (event.target as HTMLElement).dataset.step;
    if (id === undefined) return;
    const direction = ARROWS[event.key];
    if (direction && !event.altKey && (direction === 'up' || direction === 'down')) {
      const ids = allPlaced(definition).map(({ step }) => step.id);
      const next = ids[ids.indexOf(id) + (direction === 'up' ? -1 : 1)];
      if (next !== undefined) {
        list.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(next)}"]`)?.focus();
        onChoose?.(next);
      }
    } else if (event.key === 'Enter') onEnter?.(id);
    else if (isReadOnly) return;
    else if (direction && event.altKey) actions.go(id, direction);
    else if (event.key === 'Delete' || event.key === 'Backspace') actions.remove(id);
    else if (event.key.toLowerCase() === 'd' && (event.ctrlKey || event.metaKey)) actions.duplicate(id);
    else if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey))
      (event.shiftKey ? editor.redo : editor.undo)?.();
    else return;
    event.preventDefault();
  }

  return (
    <div ref={list} onKeyDown={onKeyDown} role="presentation" className="w-full max-w-[620px]">
      <TriggerCard definition={definition} onOpen={onTrigger} />
      <Lane steps={definition.steps} list={['steps']} {...{ definition, editor, actions, chosen, onChoose, onEnter }} />
      <EndMark />
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  );
}

const ARROWS: Record<string, Direction> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'out', ArrowRight: 'in' };

function useActions(editor: CanvasProps['editor'], onChoose: CanvasProps['onChoose']) {
  const [toFocus, setToFocus] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const [dragged, setDragged] = useState<string | null>(null);
  const { definition, change } = editor;

  function put(next: WorkflowDefinition, id: string, sentence: string): void {
    if (next === definition) return;
    change(next);
    onChoose?.(id);
    setToFocus(id);
    setSaid(sentence);
  }
  return {
    toFocus,
    said,
    dragged,
    drag: setDragged,
    focused: () => setToFocus(null),
    add: (place: Place, step: Step) => put(insertStep(definition, place, step), step.id, `${titleOf(step)} added`),
    go(id: string, direction: Direction) {
      const placed = findPlaced(definition, id);
      const target = placed && targetOf(definition, placed, direction);
      if (!placed || !target) return setSaid('It cannot go there');
      put(moveStep(definition, placed.place, target), id, `${titleOf(placed.step)} moved ${direction}`);
    },
    drop(place: Place) {
      const placed = findPlaced(definition, dragged ?? undefined);
      setDragged(null);
      if (placed) put(moveStep(definition, placed.place, place), placed.step.id, `${titleOf(placed.step)} moved`);
    },
    remove(id: string) {
      const all = allPlaced(definition);
      const at = all.findIndex(({ step }) => step.id === id);
      const placed = all[at];
      if (!placed) return;
      const next = removeStep(definition, placed.place);
      const left = allPlaced(next);
      const neighbour = left[Math.min(at, left.length - 1)]?.step.id;
      change(next);
      onChoose?.(neighbour);
      setToFocus(neighbour ?? null);
      setSaid(`${titleOf(placed.step)} deleted. Undo brings it back.`);
    },
    duplicate(id: string) {
      const placed = findPlaced(definition, id);
      if (!placed) return;
      const copy = duplicateStep(definition, placed);
      put(copy.definition, copy.id, `${titleOf(placed.step)} duplicated`);
    },
    canGo(id: string, direction: Direction): boolean {
      const placed = findPlaced(definition, id);
      return placed !== undefined && targetOf(definition, placed, direction) !== undefined;
    },
  };
}
export type Actions = ReturnType<typeof useActions>;

interface LaneProps extends Omit<CanvasProps, 'onTrigger'> {
  steps: readonly Step[];
  list: Path;
  definition: WorkflowDefinition;
  actions: Actions;
}

function Lane({ steps, list, ...rest }: LaneProps) {
  const { editor, actions } = rest;
  const adder = (index: number) => (
    <StepAdder
      place={{ list, index }}
      isReadOnly={editor.isReadOnly}
      definition={rest.definition}
      actions={actions}
      isEnd={index === steps.length}
    />
  );
  return (
    <ol className="flex flex-col">
      {steps.map((step, index) => (
        <li key={pointerOf({ list, index })} className="min-w-0">
          {adder(index)}
          <StepCard
            step={step}
            isChosen={rest.chosen === step.id}
            isReadOnly={editor.isReadOnly}
            problems={editor.problemsOf(step)}
            onChoose={rest.onChoose && (() => rest.onChoose?.(step.id))}
            actions={actions}
          />
          <Inside step={step} at={[...list, index]} {...rest} />
        </li>
      ))}
      <li>{adder(steps.length)}</li>
    </ol>
  );
}

function Inside({ step, at, ...rest }: Omit<LaneProps, 'steps' | 'list'> & { step: Step; at: Path }) {
  const lanes = lanesOf(step);
  const titles = laneTitles(step);
  if (lanes.length === 0) return null;
  return (
    <div className="ml-[15.5px] flex flex-col gap-2 border-l border-n7 pt-3">
      {lanes.map((lane, i) => (
        <section
          key={lane.path.join('/')}
          aria-label={`${titleOf(step)}: ${titles[i]?.text ?? ''}`}
          className={clsx('relative pl-5 max-sm:pl-3.5')}
        >
          <span aria-hidden className="absolute top-3 left-0 h-px w-3.5 bg-n7 max-sm:w-2" />
          {titles[i] && <LaneHead title={titles[i]} />}
          <Lane steps={lane.steps} list={[...at, ...lane.path]} {...rest} />
        </section>
      ))}
    </div>
  );
}
