import type { FieldError, Step, WorkflowDefinition } from '@pulsestack/core';
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Notice } from '../../ui/notice.tsx';
import { Segments } from '../../ui/segments.tsx';
import { ConditionField } from './condition-field.tsx';
import { fieldsOf, type Source, type StepField, sourceOf, withChosen, withField, withSource } from './fields.ts';
import { ChoiceInput, SettledInput, TextInput } from './inputs.tsx';
import { KINDS } from './kinds.ts';
import { LaneFields } from './lane-fields.tsx';
import { pathsAt } from './paths.ts';
import { withoutStep } from './step-card.tsx';
import { StepFieldInput, useTemplateOptions } from './step-field.tsx';
import { allPlaced, findPlaced, pointerOf, renameStep, replaceStep } from './tree.ts';
import type { Editor } from './use-editor.ts';
import { KEY } from './use-workflows.ts';

interface StepFormProps {
  editor: Editor;
  step: Step;
  onRenamed(id: string): void;
}

/** Everything about one step, as a form made from its kind. */
export function StepForm({ editor, step, onRenamed }: StepFormProps) {
  const { definition, isReadOnly } = editor;
  const placed = findPlaced(definition, step.id);
  if (!placed) return null;
  const pointer = pointerOf(placed.place);
  const problems = editor.problemsOf(step);
  const set = (next: Step, about: string) =>
    editor.change(replaceStep(definition, placed.place, next), `${step.id} ${about}`);
  const errorAt = (name: string) => messageAt(problems, `${pointer}/${name}`);
  const fields = fieldsOf(step);
  const source = sourceOf(step);
  const shown = fields.filter((field) => field.from === undefined || field.from === source);
  const unplaced = problems.filter(
    ({ field }) => !shown.some(({ name }) => field.startsWith(`${pointer}/${name}`)) && field !== `${pointer}/id`,
  );
  const { label, does } = KINDS[step.type];
  return (
    <section aria-label={`Form of ${step.id}`} className="flex flex-col gap-5">
      {/* Over the canvas the panel says it. */}
      <div className="max-lg:hidden">
        <h2 className="text-14">{label}</h2>
        <p className="text-12 text-n10">{does}.</p>
      </div>
      {unplaced.map(({ field, message }) => (
        <Notice key={`${field} ${message}`} tone="danger">
          {withoutStep(message)}
        </Notice>
      ))}
      <fieldset disabled={isReadOnly} className="contents">
        {source !== undefined && (
          <SourceChoice step={step} source={source} definition={definition} onChange={(next) => set(next, 'source')} />
        )}
        <Fields
          fields={shown.filter((field) => !field.isMore)}
          step={step}
          definition={definition}
          errorAt={errorAt}
          onChange={set}
        />
        <LaneFields step={step} definition={definition} onChange={set} isReadOnly={isReadOnly} />
        <ConditionField
          key={step.id}
          label="Only if"
          value={step.if}
          paths={pathsAt(definition, step.id)}
          isReadOnly={isReadOnly}
          onChange={(rule) => set(withField(step, 'if', rule), 'if')}
          {...(step.if === undefined ? { help: 'Without a condition it is always taken.' } : {})}
        />
        <More isOpen={problems.some(({ field }) => field.startsWith(`${pointer}/`))}>
          <TextInput
            label="Name"
            isOptional
            help="Shown here only."
            value={step.name}
            onChange={(name) => set(withField(step, 'name', name), 'name')}
          />
          <SettledInput
            key={step.id}
            label="Id"
            help={`Conditions and texts speak of it as steps.${step.id}, and follow when it changes.`}
            error={errorAt('id')}
            value={step.id}
            check={(id) =>
              !KEY.test(id)
                ? 'Use small letters, digits and . _ -'
                : allPlaced(definition).some((one) => one.step !== step && one.step.id === id)
                  ? 'Another step has this id'
                  : undefined
            }
            onSettle={(id) => {
              editor.change(renameStep(definition, placed.place, id));
              onRenamed(id);
            }}
          />
          <Fields
            fields={shown.filter((field) => field.isMore)}
            step={step}
            definition={definition}
            errorAt={errorAt}
            onChange={set}
          />
        </More>
      </fieldset>
    </section>
  );
}

function SourceChoice({
  step,
  source,
  definition,
  onChange,
}: {
  step: Step;
  source: Source;
  definition: WorkflowDefinition;
  onChange(step: Step): void;
}) {
  const templates = useTemplateOptions(step.type);
  const codes = allPlaced(definition).filter((one) => one.step.type === 'code');
  return (
    <Segments<Source>
      label="What it says"
      isWide
      segments={[
        { value: 'here', label: 'Written here' },
        { value: 'template', label: 'Template', disabled: templates.length === 0 && source !== 'template' },
        ...(codes.length > 0 || source === 'code' ? [{ value: 'code' as const, label: 'From code' }] : []),
      ]}
      value={source}
      onChange={(next) =>
        onChange(withSource(step, next, next === 'template' ? templates[0]?.value : codes[0]?.step.id))
      }
    />
  );
}

interface FieldsProps {
  fields: readonly StepField[];
  step: Step;
  definition: WorkflowDefinition;
  errorAt(name: string): string | undefined;
  onChange(step: Step, about: string): void;
}

function Fields({ fields, step, definition, errorAt, onChange }: FieldsProps) {
  const groups = new Set<string>();
  return fields.map((field): ReactNode => {
    const value = (step as unknown as Record<string, unknown>)[field.name];
    if (field.oneOf === undefined)
      return (
        <StepFieldInput
          key={`${step.id} ${field.name}`}
          field={field}
          value={value}
          error={errorAt(field.name)}
          step={step}
          definition={definition}
          onChange={(next) => onChange(withField(step, field.name, next), field.name)}
        />
      );
    if (groups.has(field.oneOf)) return null;
    groups.add(field.oneOf);
    const among = fields.filter((one) => one.oneOf === field.oneOf);
    const written = among.filter((one) => (step as unknown as Record<string, unknown>)[one.name] !== undefined);
    const chosen = written[0] ?? (among[0] as StepField);
    return (
      <div key={`${step.id} ${field.oneOf}`} className="flex flex-col gap-3">
        <ChoiceInput
          label="When it goes on"
          value={chosen.name}
          options={among.map(({ name, label }) => ({ value: name, label }))}
          onChange={(name) => {
            const next = among.find((one) => one.name === name);
            if (next && next !== chosen) onChange(withChosen(step, fields, next), 'kind of time');
          }}
        />
        <StepFieldInput
          key={chosen.name}
          field={chosen}
          value={(step as unknown as Record<string, unknown>)[chosen.name]}
          error={errorAt(chosen.name)}
          step={step}
          definition={definition}
          onChange={(next) => onChange(withField(step, chosen.name, next), chosen.name)}
        />
      </div>
    );
  });
}

function More({ isOpen, children }: { isOpen: boolean; children: ReactNode }) {
  return (
    <details className="group border-t pt-3" open={isOpen || undefined}>
      <summary className="inline-flex cursor-pointer list-none items-center gap-1 rounded-[3px] font-medium text-n11 hover:text-n12">
        <ChevronRight className="size-3.5 transition-transform group-open:rotate-90" aria-hidden />
        Name, id and more
      </summary>
      <div className="flex flex-col gap-5 pt-4">{children}</div>
    </details>
  );
}

function messageAt(problems: readonly FieldError[], pointer: string): string | undefined {
  const found = problems.find(({ field }) => field === pointer || field.startsWith(`${pointer}/`));
  return found && withoutStep(found.message);
}
