import type { Condition, Step, StepOf, WorkflowDefinition } from '@pulsestack/core';
import { Plus, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from '../../ui/button.tsx';
import { ConditionField } from './condition-field.tsx';
import { NumberInput, TextInput } from './inputs.tsx';
import { pathsAt } from './paths.ts';

interface LaneFieldsProps<Type extends Step['type']> {
  step: StepOf<Type>;
  definition: WorkflowDefinition;
  isReadOnly: boolean;
  onChange(step: Step, about: string): void;
}

/** The ways out of a step, and when each is taken. */
export function LaneFields({ step, ...rest }: Omit<LaneFieldsProps<'stop'>, 'step'> & { step: Step }) {
  switch (step.type) {
    case 'branch':
      return <Branches step={step} {...rest} />;
    case 'wait':
      return <Awaited step={step} {...rest} />;
    case 'split':
      return <Arms step={step} {...rest} />;
    default:
      return null;
  }
}

const MAX_LANES = 10;
const NEW_CONDITION: Condition = { '==': [{ var: 'payload.kind' }, 'a'] };

function Branches({ step, definition, isReadOnly, onChange }: LaneFieldsProps<'branch'>) {
  const set = (branches: StepOf<'branch'>['branches'], about: string) => onChange({ ...step, branches }, about);
  return (
    <Entries
      what="branch"
      entries={step.branches}
      least={1}
      onAdd={() => set([...step.branches, { if: NEW_CONDITION, steps: [] }], 'branches')}
      onRemove={(index) => set(step.branches.toSpliced(index, 1), 'branches')}
      isHeld={(branch) => branch.steps.length > 0}
    >
      {(branch, index) => (
        <>
          <TextInput
            label="Name"
            isOptional
            value={branch.name}
            onChange={(name) => {
              const { name: _before, ...others } = branch;
              set(step.branches.with(index, name === undefined ? others : { ...branch, name }), `branch ${index} name`);
            }}
          />
          <ConditionField
            label="If"
            isRequired
            value={branch.if}
            paths={pathsAt(definition, step.id)}
            isReadOnly={isReadOnly}
            onChange={(rule) => rule && set(step.branches.with(index, { ...branch, if: rule }), `branch ${index} if`)}
          />
        </>
      )}
    </Entries>
  );
}

function Awaited({ step, definition, isReadOnly, onChange }: LaneFieldsProps<'wait'>) {
  const set = (events: StepOf<'wait'>['events'], about: string) => onChange({ ...step, events }, about);
  return (
    <Entries
      what="event"
      entries={step.events}
      least={1}
      onAdd={() => set([...step.events, { event: 'something.else', steps: [] }], 'events')}
      onRemove={(index) => set(step.events.toSpliced(index, 1), 'events')}
      isHeld={(event) => (event.steps?.length ?? 0) > 0}
    >
      {(one, index) => (
        <>
          <TextInput
            label="Event"
            isMono
            value={one.event}
            onChange={(event) => set(step.events.with(index, { ...one, event: event ?? '' }), `event ${index}`)}
          />
          <ConditionField
            label="And only if"
            value={one.if}
            paths={['event.payload.', ...pathsAt(definition, step.id)]}
            isReadOnly={isReadOnly}
            onChange={(rule) => {
              const { if: _before, ...others } = one;
              set(step.events.with(index, rule === undefined ? others : { ...one, if: rule }), `event ${index} if`);
            }}
          />
        </>
      )}
    </Entries>
  );
}

function Arms({ step, onChange }: LaneFieldsProps<'split'>) {
  const set = (arms: StepOf<'split'>['arms'], about: string) => onChange({ ...step, arms }, about);
  return (
    <Entries
      what="variant"
      entries={step.arms}
      least={2}
      onAdd={() => set([...step.arms, { name: `arm-${step.arms.length + 1}`, weight: 50, steps: [] }], 'arms')}
      onRemove={(index) => set(step.arms.toSpliced(index, 1), 'arms')}
      isHeld={(arm) => arm.steps.length > 0}
    >
      {(arm, index) => (
        <div className="grid grid-cols-2 gap-3">
          <TextInput
            label="Name"
            value={arm.name}
            onChange={(name) => set(step.arms.with(index, { ...arm, name: name ?? '' }), `arm ${index} name`)}
          />
          <NumberInput
            label="Weight"
            value={arm.weight}
            onChange={(weight) => weight && set(step.arms.with(index, { ...arm, weight }), `arm ${index} weight`)}
          />
        </div>
      )}
    </Entries>
  );
}

function Entries<Entry>({
  what,
  entries,
  least,
  onAdd,
  onRemove,
  isHeld,
  children,
}: {
  what: string;
  entries: readonly Entry[];
  least: number;
  onAdd(): void;
  onRemove(index: number): void;
  /** It has steps, which would go with it. */
  isHeld(entry: Entry): boolean;
  children(entry: Entry, index: number): ReactNode;
}) {
  return (
    <div className="flex flex-col gap-3">
      {entries.map((entry, index) => (
        <section
          key={index}
          aria-label={`${what} ${index + 1}`}
          className="flex flex-col gap-3 rounded-card border p-3"
        >
          <div className="-my-1 flex items-center justify-between">
            <h3 className="text-12 text-n10 first-letter:uppercase">
              {what} {index + 1}
            </h3>
            {entries.length > least && (
              <IconButton
                label={isHeld(entry) ? 'Move its steps away first' : `Remove ${what} ${index + 1}`}
                disabled={isHeld(entry)}
                onClick={() => onRemove(index)}
              >
                <Trash2 className="size-3.5" aria-hidden />
              </IconButton>
            )}
          </div>
          {children(entry, index)}
        </section>
      ))}
      {entries.length < MAX_LANES && (
        <Button size="small" className="self-start" onClick={onAdd}>
          <Plus className="size-3.5" aria-hidden />
          {what === 'event' ? 'Add an event' : `Add a ${what}`}
        </Button>
      )}
    </div>
  );
}
