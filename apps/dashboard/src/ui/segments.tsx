import { clsx } from 'clsx';

export interface Segment<Value extends string> {
  value: Value;
  label: string;
  disabled?: boolean;
}

/** A choice among a few, all in sight. */
export function Segments<Value extends string>({
  label,
  segments,
  value,
  onChange,
  isWide,
}: {
  label: string;
  segments: readonly Segment<Value>[];
  value: Value;
  onChange(value: Value): void;
  isWide?: boolean;
}) {
  return (
    <fieldset
      className={clsx('inline-flex rounded-control border border-n7 bg-n3 p-0.5', isWide ? 'w-full' : 'self-start')}
    >
      <legend className="sr-only">{label}</legend>
      {segments.map((segment) => (
        <label
          key={segment.value}
          className={clsx(
            'relative flex h-7 items-center justify-center rounded-[4px] px-2.5 text-13 font-medium text-n11 transition-colors duration-100 select-none has-checked:bg-raised has-checked:text-n12 has-checked:shadow-[0_0_0_1px_var(--ps-neutral-7)] has-focus-visible:outline-2 has-focus-visible:outline-accent has-disabled:opacity-50 pointer-coarse:h-9',
            isWide && 'flex-1',
          )}
        >
          <input
            type="radio"
            className="absolute inset-0 opacity-0"
            name={label}
            checked={segment.value === value}
            disabled={segment.disabled ?? false}
            onChange={() => onChange(segment.value)}
          />
          {segment.label}
        </label>
      ))}
    </fieldset>
  );
}
