import type { Step, WorkflowDefinition } from '@pulsestack/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { templates } from '../../api/templates.ts';
import { workflows } from '../../api/workflows.ts';
import { useCan } from '../../session/use-session.ts';
import type { Option } from '../../ui/select.tsx';
import type { StepField } from './fields.ts';
import { CheckInput, ChoiceInput, DurationInput, JsonInput, NumberInput, TextInput } from './inputs.tsx';
import type { StepType } from './kinds.ts';
import { pathsAt } from './paths.ts';
import { allPlaced } from './tree.ts';

interface StepFieldProps {
  field: StepField;
  value: unknown;
  error: string | undefined;
  step: Step;
  definition: WorkflowDefinition;
  onChange(value: unknown): void;
}

/** The control that fits the kind of a field. */
export function StepFieldInput({ field, value, error, step, definition, onChange }: StepFieldProps) {
  const { label, help, isOptional, kind } = field;
  const frame = { label, help, error, isOptional };
  const text = typeof value === 'string' ? value : undefined;
  switch (kind) {
    case 'line':
      return <TextInput {...frame} value={text} onChange={onChange} />;
    case 'text':
      return <TextInput {...frame} value={text} onChange={onChange} lines={field.lines ?? 4} />;
    case 'cron':
      return <TextInput {...frame} value={text} onChange={onChange} isMono placeholder="0 9 * * 1-5" />;
    case 'time':
      return <TextInput {...frame} value={text} onChange={onChange} type="time" />;
    case 'path':
      return (
        <TextInput {...frame} value={text} onChange={onChange} isMono suggestions={pathsAt(definition, step.id)} />
      );
    case 'paths':
      return (
        <TextInput
          {...frame}
          isMono
          value={Array.isArray(value) ? value.join(', ') : undefined}
          onChange={(typed) =>
            onChange(
              typed
                ?.split(',')
                .map((one) => one.trim())
                .filter(Boolean),
            )
          }
        />
      );
    case 'json':
      return <JsonInput {...frame} value={value} onChange={onChange} />;
    case 'number':
      return <NumberInput {...frame} value={value as number | undefined} onChange={onChange} />;
    case 'duration':
      return <DurationInput {...frame} value={text} onChange={onChange} />;
    case 'nested-duration':
      return (
        <DurationInput
          {...frame}
          value={(value as { max?: string } | undefined)?.max}
          onChange={(max) => onChange(max === undefined ? undefined : { max })}
        />
      );
    case 'check':
      return <CheckInput {...frame} value={value === true} onChange={onChange} />;
    case 'choice':
      return <ChoiceInput {...frame} value={text ?? ''} options={field.options ?? []} onChange={onChange} />;
    case 'template':
      return <TemplateChoice {...frame} value={text ?? ''} type={step.type} onChange={onChange} />;
    case 'workflow':
      return <WorkflowChoice {...frame} value={text ?? ''} own={definition.key} onChange={onChange} />;
    case 'code':
      return (
        <ChoiceInput
          {...frame}
          value={text ?? ''}
          options={among(
            allPlaced(definition)
              .filter((one) => one.step.type === 'code')
              .map((one) => ({ value: one.step.id, label: one.step.id })),
            text,
          )}
          onChange={onChange}
        />
      );
  }
}

interface ChoiceProps {
  label: string;
  help: string | undefined;
  error: string | undefined;
  value: string;
  onChange(value: string): void;
}

function TemplateChoice({ type, ...frame }: ChoiceProps & { type: StepType }) {
  const options = useTemplateOptions(type);
  return (
    <div className="flex flex-col gap-1.5">
      <ChoiceInput {...frame} options={among(options, frame.value)} />
      {options.some((one) => one.value === frame.value) && (
        <Link
          to="/templates/$key"
          params={{ key: frame.value }}
          className="self-start text-12 underline underline-offset-2"
        >
          Open the template
        </Link>
      )}
    </div>
  );
}

/** Templates of a channel; those that were never published cannot be used yet. */
export function useTemplateOptions(type: StepType): Option[] {
  const can = useCan();
  const { data } = useQuery({
    queryKey: ['templates', 'options'],
    queryFn: () => templates.list({ limit: 100 }),
    enabled: can('templates.read'),
  });
  return (data?.items ?? [])
    .filter((one) => one.channel === type && one.published)
    .map(({ key, name }) => ({ value: key, label: name, note: key }));
}

function WorkflowChoice({ own, ...frame }: ChoiceProps & { own: string }) {
  const { data } = useQuery({
    queryKey: ['workflows', 'options'],
    queryFn: () => workflows.list({ status: 'published', limit: 100 }),
  });
  const options = (data?.items ?? [])
    .filter((one) => one.key !== own)
    .map(({ key, name }) => ({ value: key, label: name, note: key }));
  return <ChoiceInput {...frame} options={among(options, frame.value)} />;
}

/** What is written stands among the choices, even when it is none of them. */
function among(options: readonly Option[], value: string | undefined): readonly Option[] {
  return !value || options.some((one) => one.value === value) ? options : [{ value, label: value }, ...options];
}
