import { clsx } from 'clsx';
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { Tip } from './tip.tsx';

export type ButtonLook = 'primary' | 'secondary' | 'ghost' | 'danger' | 'quiet-danger';

const base =
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 rounded-control font-medium whitespace-nowrap transition-colors duration-100 disabled:opacity-50 aria-disabled:opacity-50';

const looks: Record<ButtonLook, string> = {
  primary: 'bg-accent text-on-accent not-disabled:hover:bg-accent-hover',
  secondary: 'border border-n7 bg-raised text-n12 not-disabled:hover:bg-n3 data-popup-open:bg-n3',
  ghost: 'text-n11 not-disabled:hover:bg-n4 not-disabled:hover:text-n12 data-popup-open:bg-n4',
  'quiet-danger': 'border border-n7 bg-raised text-danger-text not-disabled:hover:bg-danger-subtle',
  danger: 'bg-danger text-on-danger not-disabled:hover:bg-danger-hover',
};

const sizes = { small: 'h-7 px-2 text-12', medium: 'h-8 px-3 text-13', large: 'h-10 px-4 text-14' };

export function buttonClass(look: ButtonLook = 'secondary', size: keyof typeof sizes = 'medium'): string {
  return clsx(base, looks[look], sizes[size]);
}

interface ButtonProps extends ComponentProps<'button'> {
  look?: ButtonLook;
  size?: keyof typeof sizes;
  /** Shows that it works on it; keeps its width and refuses a second click. */
  isBusy?: boolean;
}

export function Button({
  look,
  size,
  isBusy = false,
  className,
  children,
  type = 'button',
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      className={clsx(buttonClass(look, size), 'relative', className)}
      disabled={disabled || isBusy}
      aria-busy={isBusy || undefined}
      {...rest}
    >
      {/* Out of sight, not hidden: a button that works on it keeps its name. */}
      <span className={isBusy ? 'inline-flex items-center justify-center gap-1.5 opacity-0' : 'contents'}>
        {children}
      </span>
      {isBusy && <LoaderCircle className="absolute size-4 animate-spin" aria-hidden />}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  label: string;
  children: ReactNode;
  look?: ButtonLook;
}

export function IconButton({ label, look = 'ghost', className, children, ...rest }: IconButtonProps) {
  return (
    <Tip label={label}>
      <button type="button" aria-label={label} className={clsx(base, looks[look], 'size-8', className)} {...rest}>
        {children}
      </button>
    </Tip>
  );
}
