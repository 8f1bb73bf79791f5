import { Select as Base } from '@base-ui/react/select';
import { clsx } from 'clsx';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { controlClass, Field } from './field.tsx';

export interface Option<Value extends string = string> {
  value: Value;
  label: string;
  note?: string;
}

interface SelectProps<Value extends string> {
  options: readonly Option<Value>[];
  value: Value;
  onChange(value: Value): void;
  id?: string;
  label?: string;
  disabled?: boolean;
  className?: string;
  'aria-describedby'?: string | undefined;
  'aria-invalid'?: true | undefined;
}

export function Select<Value extends string>({
  options,
  value,
  onChange,
  label,
  className,
  ...rest
}: SelectProps<Value>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Base.Root
      items={options}
      value={value}
      onValueChange={(next) => next !== null && onChange(next as Value)}
      disabled={rest.disabled ?? false}
    >
      <Base.Trigger
        {...rest}
        aria-label={label ? `${label}: ${chosen?.label ?? ''}` : undefined}
        className={clsx(
          controlClass,
          'flex h-8 items-center justify-between gap-2 text-left pointer-coarse:h-10',
          className,
        )}
      >
        <Base.Value className="truncate" />
        <Base.Icon className="text-n10">
          <ChevronsUpDown className="size-3.5" aria-hidden />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <Base.Popup className="popup max-h-(--available-height) max-w-[min(420px,var(--available-width))] min-w-(--anchor-width) overflow-y-auto p-1">
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                className="grid cursor-default grid-cols-[16px_1fr] items-start gap-2 rounded-control px-2 py-1.5 outline-none select-none data-highlighted:bg-n4"
              >
                <Base.ItemIndicator className="col-start-1 pt-0.5">
                  <Check className="size-3.5" aria-hidden />
                </Base.ItemIndicator>
                <span className="col-start-2 min-w-0">
                  <Base.ItemText className="block truncate">{option.label}</Base.ItemText>
                  {option.note && <span className="block text-12 text-n10">{option.note}</span>}
                </span>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface SelectFieldProps<Value extends string> {
  label: string;
  help?: ReactNode;
  error?: string | undefined;
  options: readonly Option<Value>[];
  value: Value;
  onChange(value: Value): void;
  disabled?: boolean;
  className?: string;
}

export function SelectField<Value extends string>({ label, help, error, className, ...rest }: SelectFieldProps<Value>) {
  return (
    <Field label={label} help={help} error={error} {...(className ? { className } : {})}>
      {(ids) => <Select {...rest} {...ids} />}
    </Field>
  );
}
