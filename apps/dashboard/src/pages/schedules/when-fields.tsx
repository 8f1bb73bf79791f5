import { controlClass, Field } from '../../ui/field.tsx';
import { SelectField } from '../../ui/select.tsx';
import type { Bound } from '../../ui/use-form.ts';
import { TimeField } from '../preferences/cadence-fields.tsx';
import { Toggles } from '../preferences/quiet-hours-fields.tsx';
import { WEEKDAY_OPTIONS, WEEKDAYS } from '../preferences/words.ts';
import { EVERY_OPTIONS, type WhenDraft } from './when.ts';

const UNITS = [
  { value: 'm', label: 'minutes' },
  { value: 'h', label: 'hours' },
  { value: 'd', label: 'days' },
  { value: 'w', label: 'weeks' },
];

/** Once, or again and again: the fields that its kind needs. */
export function WhenFields({ field }: { field: Bound<WhenDraft> }) {
  const { value, change, error, blur } = field;
  const set = (part: Partial<WhenDraft>) => change({ ...value, ...part });
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start gap-3">
        <SelectField
          label="When"
          className="min-w-40 flex-1"
          options={EVERY_OPTIONS}
          value={value.every}
          onChange={(every) => set({ every })}
        />
        {value.every === 'once' && (
          <Input
            label="On"
            type="datetime-local"
            value={value.on}
            error={error}
            onChange={(on) => set({ on: on.slice(0, 16) })}
            onBlur={blur}
          />
        )}
        {value.every === 'weekly' && (
          <SelectField
            label="On"
            className="min-w-32 flex-1"
            options={WEEKDAY_OPTIONS}
            value={String(value.weekday)}
            onChange={(day) => set({ weekday: Number(day) })}
          />
        )}
        {(value.every === 'daily' || value.every === 'weekly') && (
          <TimeField label="At" value={value.at} onChange={(at) => set({ at })} />
        )}
        {value.every === 'hourly' && (
          <Input
            label="At minute"
            inputMode="numeric"
            value={value.minute}
            error={error}
            onChange={(minute) => set({ minute })}
            onBlur={blur}
          />
        )}
        {value.every === 'interval' && (
          <>
            <Input
              label="Every"
              inputMode="numeric"
              value={value.length}
              error={error}
              onChange={(length) => set({ length })}
              onBlur={blur}
            />
            <SelectField
              label="Unit"
              className="min-w-28 flex-1"
              options={UNITS}
              value={value.unit}
              onChange={(unit) => set({ unit })}
            />
          </>
        )}
        {value.every === 'cron' && (
          <Input
            label="Cron"
            isMono
            value={value.cron}
            error={error}
            help="Minute, hour, day of the month, month, weekday."
            onChange={(cron) => set({ cron })}
            onBlur={blur}
          />
        )}
      </div>
      {value.every === 'daily' && (
        <Toggles
          label="Days"
          all="Every day"
          names={WEEKDAYS}
          values={[1, 2, 3, 4, 5, 6, 7]}
          chosen={value.weekdays}
          onChange={(weekdays) => set({ weekdays })}
        />
      )}
    </div>
  );
}

interface InputProps {
  label: string;
  value: string;
  error: string | undefined;
  help?: string;
  type?: string;
  inputMode?: 'numeric';
  isMono?: boolean;
  onChange(value: string): void;
  onBlur(): void;
}

function Input({ label, error, help, onChange, isMono, ...rest }: InputProps) {
  return (
    <Field label={label} error={error} help={help} className="min-w-28 flex-1">
      {(ids) => (
        <input
          {...ids}
          {...rest}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
          className={`${controlClass} tabular h-8 pointer-coarse:h-10 ${isMono ? 'font-mono' : ''}`}
        />
      )}
    </Field>
  );
}
