import { clsx } from 'clsx';
import { useId, useState } from 'react';
import { CheckField } from '../../ui/checkbox.tsx';
import { controlClass, Field } from '../../ui/field.tsx';
import { parsed, pretty } from '../../ui/json.ts';
import { Select, SelectField } from '../../ui/select.tsx';

interface InputProps {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  isOptional?: boolean | undefined;
}

/** One line, or several; what is emptied and may be left out is left out. */
export function TextInput({
  value,
  onChange,
  lines,
  isMono,
  suggestions,
  placeholder,
  type,
  ...frame
}: InputProps & {
  value: string | undefined;
  onChange(value: string | undefined): void;
  lines?: number | undefined;
  isMono?: boolean;
  suggestions?: readonly string[];
  placeholder?: string;
  type?: 'time';
}) {
  const listId = useId();
  const take = (text: string) => onChange(text === '' && frame.isOptional ? undefined : text);
  return (
    <Field {...optional(frame)}>
      {(ids) =>
        lines === undefined ? (
          <>
            <input
              {...ids}
              {...(suggestions ? { list: listId } : {})}
              type={type ?? 'text'}
              dir={isMono ? 'ltr' : 'auto'}
              value={value ?? ''}
              placeholder={placeholder}
              autoComplete="off"
              onChange={(event) => take(event.target.value)}
              className={clsx(controlClass, 'h-8 pointer-coarse:h-10', isMono && 'font-mono text-12')}
            />
            {suggestions && (
              <datalist id={listId}>
                {suggestions.map((one) => (
                  <option key={one} value={one}>
                    {one}
                  </option>
                ))}
              </datalist>
            )}
          </>
        ) : (
          <textarea
            {...ids}
            value={value ?? ''}
            rows={lines}
            dir="auto"
            onChange={(event) => take(event.target.value)}
            className={clsx(controlClass, 'field-sizing-content max-h-80 min-h-20 resize-y py-1.5 leading-normal')}
          />
        )
      }
    </Field>
  );
}

/** Text that counts only once the field is left, because half of it would be something else. */
export function SettledInput({
  value,
  onSettle,
  check,
  ...frame
}: InputProps & { value: string; onSettle(value: string): void; check(value: string): string | undefined }) {
  const [typed, setTyped] = useState<string | null>(null);
  const error = typed === null ? undefined : check(typed);
  const settle = () => {
    if (typed !== null && error === undefined && typed !== value) onSettle(typed);
    if (error === undefined) setTyped(null);
  };
  return (
    <Field {...optional({ ...frame, error: error ?? frame.error })}>
      {(ids) => (
        <input
          {...ids}
          value={typed ?? value}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={settle}
          onKeyDown={(event) => {
            if (event.key === 'Enter') settle();
          }}
          className={clsx(controlClass, 'h-8 font-mono text-12 pointer-coarse:h-10')}
        />
      )}
    </Field>
  );
}

export function NumberInput({
  value,
  onChange,
  ...frame
}: InputProps & { value: number | undefined; onChange(value: number | undefined): void }) {
  return (
    <Field {...optional(frame)}>
      {(ids) => (
        <input
          {...ids}
          type="number"
          value={value ?? ''}
          onChange={(event) => {
            const next = event.target.valueAsNumber;
            if (!Number.isNaN(next)) onChange(next);
            else if (frame.isOptional) onChange(undefined);
          }}
          className={clsx(controlClass, 'tabular h-8 max-w-40 pointer-coarse:h-10')}
        />
      )}
    </Field>
  );
}

const UNITS = [
  { value: 's', label: 'seconds' },
  { value: 'm', label: 'minutes' },
  { value: 'h', label: 'hours' },
  { value: 'd', label: 'days' },
  { value: 'w', label: 'weeks' },
] as const;

/** A length of time as people say it: a number and a unit. */
export function DurationInput({
  value,
  onChange,
  ...frame
}: InputProps & { value: string | undefined; onChange(value: string | undefined): void }) {
  const count = value === undefined ? '' : value.slice(0, -1);
  const unit = UNITS.find((one) => one.value === value?.slice(-1))?.value ?? 'm';
  return (
    <Field {...optional(frame)}>
      {(ids) => (
        <span className="flex max-w-64 gap-2">
          <input
            {...ids}
            type="number"
            min={1}
            value={count}
            onChange={(event) => {
              const next = event.target.value;
              if (/^[1-9]\d{0,6}$/.test(next)) onChange(`${next}${unit}`);
              else if (next === '' && frame.isOptional) onChange(undefined);
            }}
            className={clsx(controlClass, 'tabular h-8 pointer-coarse:h-10')}
          />
          <Select
            label={`Unit of ${frame.label}`}
            options={UNITS}
            value={unit}
            onChange={(next) => onChange(`${count === '' ? 1 : count}${next}`)}
          />
        </span>
      )}
    </Field>
  );
}

/** JSON as text; what is no JSON yet stays in the field and changes nothing. */
export function JsonInput({
  value,
  onChange,
  ...frame
}: InputProps & { value: unknown; onChange(value: unknown): void }) {
  const [text, setText] = useState<string | null>(null);
  const shown = text ?? (value === undefined ? '' : pretty(value));
  const broken = shown.trim() === '' ? undefined : parsed(shown).error;
  return (
    <Field {...optional({ ...frame, error: broken ? `This is no JSON yet: ${broken}` : frame.error })}>
      {(ids) => (
        <textarea
          {...ids}
          value={shown}
          rows={3}
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            if (event.target.value.trim() === '') return frame.isOptional && onChange(undefined);
            const read = parsed(event.target.value);
            if (read.error === undefined) onChange(read.value);
          }}
          onBlur={() => broken === undefined && setText(null)}
          className={clsx(controlClass, 'field-sizing-content max-h-80 min-h-16 resize-y py-1.5 font-mono text-12')}
        />
      )}
    </Field>
  );
}

export function ChoiceInput<Value extends string>({
  value,
  onChange,
  options,
  ...frame
}: InputProps & { value: Value; onChange(value: Value): void; options: readonly { value: Value; label: string }[] }) {
  const { label, help, error } = frame;
  return (
    <SelectField
      label={label}
      {...(help ? { help } : {})}
      error={error}
      options={options}
      value={value}
      onChange={onChange}
    />
  );
}

export function CheckInput({
  label,
  help,
  value,
  onChange,
}: InputProps & { value: boolean; onChange(value: boolean): void }) {
  return <CheckField label={label} {...(help ? { help } : {})} isChecked={value} onChange={onChange} />;
}

function optional({ label, help, error, isOptional }: InputProps) {
  return { label, help, error, ...(isOptional ? { isOptional } : {}) };
}
