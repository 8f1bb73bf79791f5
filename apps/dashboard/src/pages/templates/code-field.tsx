import { clsx } from 'clsx';
import { useId } from 'react';
import { controlClass, Field, FieldNote } from '../../ui/field.tsx';

interface CodeFieldProps {
  label: string;
  lines: number;
  value: string;
  onChange(value: string): void;
  error?: string | undefined;
  help?: string | undefined;
  placeholder?: string | undefined;
  dir?: 'ltr' | 'rtl' | 'auto';
  isOptional?: boolean;
  isReadOnly: boolean;
}

/** Text that is written like code: one line, or as many as it has. */
export function CodeField({
  label,
  lines,
  value,
  onChange,
  error,
  help,
  placeholder,
  dir,
  isOptional = false,
  isReadOnly,
}: CodeFieldProps) {
  const id = useId();
  if (lines === 1)
    return (
      <Field label={label} help={help} error={error} isOptional={isOptional}>
        {(ids) => (
          <input
            {...ids}
            dir={dir}
            value={value}
            placeholder={placeholder}
            readOnly={isReadOnly}
            spellCheck={false}
            onChange={(event) => onChange(event.target.value)}
            className={clsx(controlClass, 'h-8 font-mono text-12 pointer-coarse:h-10')}
          />
        )}
      </Field>
    );
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="flex items-baseline justify-between gap-2 font-medium">
        {label}
        {isOptional && <span className="text-12 font-normal text-n10">Optional</span>}
      </label>
      <textarea
        id={id}
        dir={dir}
        value={value}
        placeholder={placeholder}
        readOnly={isReadOnly}
        spellCheck={false}
        rows={Math.min(40, Math.max(lines, (value || (placeholder ?? '')).split('\n').length))}
        aria-invalid={error ? true : undefined}
        aria-describedby={error || help ? `${id}-help` : undefined}
        onChange={(event) => onChange(event.target.value)}
        className={clsx(controlClass, 'resize-y py-2 font-mono text-12 leading-[18px] [tab-size:2]')}
      />
      <FieldNote id={`${id}-help`} error={error} help={help} />
    </div>
  );
}
