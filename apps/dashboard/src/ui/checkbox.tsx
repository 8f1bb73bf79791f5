import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import { type ReactNode, useId } from 'react';

interface BoxProps {
  isChecked: boolean;
  isMixed?: boolean;
  onChange(isChecked: boolean): void;
  label?: string;
  labelledBy?: string;
  describedBy?: string;
  disabled?: boolean;
}

export function Box({
  isChecked,
  isMixed = false,
  onChange,
  label,
  labelledBy,
  describedBy,
  disabled = false,
}: BoxProps) {
  return (
    <Base.Root
      checked={isChecked}
      indeterminate={isMixed}
      onCheckedChange={onChange}
      disabled={disabled}
      aria-label={label}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      className="relative flex size-4 shrink-0 items-center justify-center rounded-[4px] border border-n8 bg-raised text-on-accent transition-colors duration-100 after:absolute after:-inset-2 data-checked:border-accent data-checked:bg-accent data-disabled:opacity-60 data-indeterminate:border-accent data-indeterminate:bg-accent"
    >
      <Base.Indicator>
        {isMixed ? (
          <Minus className="size-3" strokeWidth={3} aria-hidden />
        ) : (
          <Check className="size-3" strokeWidth={3} aria-hidden />
        )}
      </Base.Indicator>
    </Base.Root>
  );
}

export function CheckField({ label, help, ...box }: Omit<BoxProps, 'label'> & { label: ReactNode; help?: ReactNode }) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <span className="flex h-5 items-center">
        <Box {...box} labelledBy={`${id}-label`} {...(help ? { describedBy: `${id}-help` } : {})} />
      </span>
      <span className="min-w-0">
        <span
          id={`${id}-label`}
          className="block"
          onClick={() => !box.disabled && box.onChange(!box.isChecked)}
          role="presentation"
        >
          {label}
        </span>
        {help && (
          <span id={`${id}-help`} className="block text-12 text-n10">
            {help}
          </span>
        )}
      </span>
    </div>
  );
}
