import { useId } from 'react';
import { TextField } from '../../ui/field.tsx';
import type { Bound } from '../../ui/use-form.ts';

const ZONES = Intl.supportedValuesOf('timeZone');

/** The zone of this browser. */
export const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function checkZone(zone: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone.trim() });
    return undefined;
  } catch {
    return 'Enter a time zone such as Europe/Berlin';
  }
}

/** A time zone, suggested as one types. */
export function TimeZoneField({
  label = 'Time zone',
  help,
  field,
  disabled = false,
  className,
}: {
  label?: string;
  help?: string | undefined;
  field: Bound<string>;
  disabled?: boolean;
  className?: string;
}) {
  const id = useId();
  return (
    <>
      <TextField
        label={label}
        help={help}
        placeholder="Europe/Berlin"
        autoComplete="off"
        spellCheck={false}
        list={id}
        disabled={disabled}
        field={field}
        {...(className ? { className } : {})}
      />
      <datalist id={id}>
        {ZONES.map((zone) => (
          <option key={zone}>{zone}</option>
        ))}
      </datalist>
    </>
  );
}
