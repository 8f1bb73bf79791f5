import type { Condition } from '@pulsestack/core';
import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { Button, IconButton } from '../../ui/button.tsx';
import { controlClass } from '../../ui/field.tsx';
import { parsed, pretty } from '../../ui/json.ts';
import { Segments } from '../../ui/segments.tsx';
import { Select } from '../../ui/select.tsx';
import { needsValue, OPERATORS, type Operator, type Row, readSimple, type Simple, writeSimple } from './condition.ts';

interface ConditionFieldProps {
  /** What the condition is for, as the name of the group. */
  label: string;
  value: Condition | undefined;
  onChange(value: Condition | undefined): void;
  paths: readonly string[];
  isReadOnly: boolean;
  /** There must be one. */
  isRequired?: boolean;
  help?: string;
}

const OPTIONS = (Object.keys(OPERATORS) as Operator[]).map((value) => ({ value, label: OPERATORS[value] }));
const NEW_ROW: Row = { path: 'payload.', is: '==', value: '' };

/** A condition as lines anyone can read, or as the JSON Logic that it is. */
export function ConditionField({ label, value, onChange, paths, isReadOnly, isRequired, help }: ConditionFieldProps) {
  const id = useId();
  const simple = readSimple(value);
  const [wantsJson, setWantsJson] = useState(false);
  const asJson = wantsJson || simple === null;
  return (
    <fieldset className="flex min-w-0 flex-col gap-2" disabled={isReadOnly}>
      <div className="flex min-h-6 items-center justify-between gap-2">
        <legend className="float-left font-medium">{label}</legend>
        {value !== undefined && (
          <Button
            size="small"
            look="ghost"
            disabled={simple === null}
            title={simple === null ? 'It says more than lines can' : undefined}
            onClick={() => setWantsJson(!asJson)}
          >
            {asJson ? 'As lines' : 'As JSON'}
          </Button>
        )}
      </div>
      <datalist id={id}>
        {paths.map((path) => (
          <option key={path} value={path}>
            {path}
          </option>
        ))}
      </datalist>
      {asJson ? (
        <Raw label={label} value={value} onChange={onChange} />
      ) : (
        <Lines simple={simple} onChange={onChange} listId={id} isRequired={isRequired ?? false} />
      )}
      {help && <p className="text-12 text-n10">{help}</p>}
    </fieldset>
  );
}

function Lines({
  simple,
  onChange,
  listId,
  isRequired,
}: {
  simple: Simple;
  onChange(value: Condition | undefined): void;
  listId: string;
  isRequired: boolean;
}) {
  const { rows, join } = simple;
  const write = (next: Partial<Simple>) => onChange(writeSimple({ ...simple, ...next }));
  const set = (index: number, change: Partial<Row>) =>
    write({ rows: rows.map((row, i) => (i === index ? { ...row, ...change } : row)) });
  return (
    <>
      {rows.length > 1 && (
        <Segments<'and' | 'or'>
          label="How the conditions count"
          segments={[
            { value: 'and', label: 'All of them' },
            { value: 'or', label: 'Any of them' },
          ]}
          value={join}
          onChange={(next) => write({ join: next })}
        />
      )}
      {rows.length > 0 && (
        <ul className="flex flex-col gap-2">
          {rows.map((row, index) => (
            <li key={index} className="flex items-start gap-1.5 rounded-control border bg-n2 p-1.5">
              <span className="grid min-w-0 flex-1 grid-cols-2 gap-1.5">
                <input
                  aria-label={`What, condition ${index + 1}`}
                  list={listId}
                  value={row.path}
                  spellCheck={false}
                  autoComplete="off"
                  onChange={(event) => set(index, { path: event.target.value })}
                  className={`${controlClass} col-span-2 h-8 font-mono text-12`}
                />
                <Select
                  label={`How, condition ${index + 1}`}
                  options={OPTIONS}
                  value={row.is}
                  onChange={(is) => set(index, { is })}
                />
                {needsValue(row.is) && (
                  <input
                    aria-label={`With what, condition ${index + 1}`}
                    value={row.value}
                    placeholder={row.is === 'in' ? 'a, b, c' : 'value'}
                    autoComplete="off"
                    onChange={(event) => set(index, { value: event.target.value })}
                    className={`${controlClass} h-8 font-mono text-12`}
                  />
                )}
              </span>
              {(!isRequired || rows.length > 1) && (
                <IconButton
                  label={`Remove condition ${index + 1}`}
                  onClick={() => write({ rows: rows.filter((_, i) => i !== index) })}
                >
                  <X className="size-3.5" aria-hidden />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      <Button size="small" className="self-start" onClick={() => write({ rows: [...rows, NEW_ROW] })}>
        <Plus className="size-3.5" aria-hidden />
        Add a condition
      </Button>
    </>
  );
}

function Raw({
  label,
  value,
  onChange,
}: {
  label: string;
  value: Condition | undefined;
  onChange(value: Condition | undefined): void;
}) {
  const [text, setText] = useState(() => (value === undefined ? '' : pretty(value)));
  const error = text.trim() === '' ? undefined : parsed(text).error;
  return (
    <>
      <textarea
        aria-label={`${label}, as JSON Logic`}
        value={text}
        spellCheck={false}
        aria-invalid={error ? true : undefined}
        onChange={(event) => {
          setText(event.target.value);
          if (event.target.value.trim() === '') return onChange(undefined);
          const read = parsed(event.target.value).value;
          if (typeof read === 'object' && read !== null && !Array.isArray(read)) onChange(read as Condition);
        }}
        className={`${controlClass} field-sizing-content min-h-20 py-1.5 font-mono text-12`}
      />
      {error && <p className="text-12 text-danger-text">This is no JSON yet: {error}</p>}
    </>
  );
}
