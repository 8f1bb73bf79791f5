import { clsx } from 'clsx';
import { CircleAlert } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId } from 'react';
import type { Bound } from './use-form.ts';

export const controlClass =
  'w-full rounded-control border border-n8 bg-raised px-2.5 text-13 text-n12 transition-colors duration-100 hover:border-n9 focus-visible:border-accent focus-visible:outline-offset-0 disabled:opacity-50 aria-invalid:border-danger-text pointer-coarse:text-16';

interface FieldFrameProps {
  label: ReactNode;
  help?: ReactNode;
  error?: string | undefined;
  isOptional?: boolean;
  className?: string;
  children(ids: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }): ReactNode;
}

/** Label above, help below; an error takes the place of the help. */
export function Field({ label, help, error, isOptional, className, children }: FieldFrameProps) {
  const id = useId();
  const describedBy = error || help ? `${id}-help` : undefined;
  return (
    <div className={clsx('flex min-w-0 flex-col gap-1.5', className)}>
      <label htmlFor={id} className="flex items-baseline justify-between gap-2 font-medium">
        {label}
        {isOptional && <span className="text-12 font-normal text-n10">Optional</span>}
      </label>
      {children({ id, 'aria-describedby': describedBy, 'aria-invalid': error ? true : undefined })}
      {describedBy && <FieldNote id={describedBy} error={error} help={help} />}
    </div>
  );
}

export function FieldNote({ id, error, help }: { id?: string; error?: string | undefined; help?: ReactNode }) {
  if (error) {
    return (
      <p id={id} className="flex items-start gap-1 text-12 text-danger-text">
        <CircleAlert className="mt-[3px] size-3 shrink-0" aria-hidden />
        {error}
      </p>
    );
  }
  return help ? (
    <p id={id} className="text-12 text-n10">
      {help}
    </p>
  ) : null;
}

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'onBlur' | 'className'> {
  label: ReactNode;
  help?: ReactNode;
  isOptional?: boolean;
  field: Bound<string>;
  className?: string;
  isMono?: boolean;
}

export function TextField({ label, help, isOptional, field, className, isMono, ...rest }: TextFieldProps) {
  return (
    <Field
      label={label}
      help={help}
      error={field.error}
      {...(isOptional ? { isOptional } : {})}
      {...(className ? { className } : {})}
    >
      {(ids) => (
        <input
          {...ids}
          {...rest}
          name={rest.name ?? field.name}
          value={field.value}
          onChange={(event) => field.change(event.target.value)}
          onBlur={field.blur}
          className={clsx(controlClass, 'h-8 pointer-coarse:h-10', isMono && 'font-mono')}
        />
      )}
    </Field>
  );
}

interface TextAreaFieldProps extends Omit<ComponentProps<'textarea'>, 'value' | 'onChange' | 'onBlur' | 'className'> {
  label: ReactNode;
  help?: ReactNode;
  isOptional?: boolean;
  field: Bound<string>;
  isMono?: boolean;
}

export function TextAreaField({ label, help, isOptional, field, isMono, ...rest }: TextAreaFieldProps) {
  return (
    <Field label={label} help={help} error={field.error} {...(isOptional ? { isOptional } : {})}>
      {(ids) => (
        <textarea
          rows={4}
          {...ids}
          {...rest}
          name={rest.name ?? field.name}
          value={field.value}
          onChange={(event) => field.change(event.target.value)}
          onBlur={field.blur}
          className={clsx(
            controlClass,
            'field-sizing-content max-h-80 min-h-20 resize-y py-1.5 leading-normal',
            isMono && 'font-mono text-12',
          )}
        />
      )}
    </Field>
  );
}
