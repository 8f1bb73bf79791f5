import type { Cadence } from '@pulsestack/core';
import { controlClass, Field } from '../../ui/field.tsx';
import { SelectField } from '../../ui/select.tsx';
import { CADENCE_OPTIONS, WEEKDAY_OPTIONS } from './words.ts';

/** How often somebody reads. */
export function CadenceFields({
  label,
  value,
  onChange,
  disabled = false,
}: {
  label: string;
  value: Cadence;
  onChange(cadence: Cadence): void;
  disabled?: boolean;
}) {
  const at = 'at' in value ? value.at : '08:00';
  const weekday = value.every === 'weekly' ? value.weekday : 1;
  return (
    <div className="flex flex-wrap gap-3">
      <SelectField
        label={label}
        className="min-w-36 flex-1"
        options={CADENCE_OPTIONS}
        value={value.every}
        disabled={disabled}
        onChange={(every) => onChange(of(every, at, weekday))}
      />
      {value.every === 'weekly' && (
        <SelectField
          label="On"
          className="min-w-32 flex-1"
          options={WEEKDAY_OPTIONS}
          value={String(weekday)}
          disabled={disabled}
          onChange={(day) => onChange(of('weekly', at, Number(day)))}
        />
      )}
      {'at' in value && (
        <TimeField label="At" value={at} disabled={disabled} onChange={(next) => onChange({ ...value, at: next })} />
      )}
    </div>
  );
}

function of(every: Cadence['every'], at: string, weekday: number): Cadence {
  switch (every) {
    case 'weekly':
      return { every, at, weekday };
    case 'daily':
      return { every, at };
    default:
      return { every };
  }
}

/** A time of day. What is not one, while it is typed, changes nothing. */
export function TimeField({
  label,
  value,
  onChange,
  disabled = false,
}: {
  label: string;
  value: string;
  onChange(time: string): void;
  disabled?: boolean;
}) {
  return (
    <Field label={label} className="w-32">
      {(ids) => (
        <input
          {...ids}
          type="time"
          required
          disabled={disabled}
          value={value}
          onChange={(event) => event.target.value !== '' && onChange(event.target.value.slice(0, 5))}
          className={`${controlClass} tabular h-8 pointer-coarse:h-10`}
        />
      )}
    </Field>
  );
}
