import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { Picture } from './picture.tsx';

export type Tone = 'neutral' | 'accent' | 'success' | 'warning' | 'danger' | 'info';

const tones: Record<Tone, string> = {
  neutral: 'border-n6 bg-n3 text-n11',
  accent: 'border-accent-border bg-accent-subtle text-accent-text',
  success: 'border-success-border bg-success-subtle text-success-text',
  warning: 'border-warning-border bg-warning-subtle text-warning-text',
  danger: 'border-danger-border bg-danger-subtle text-danger-text',
  info: 'border-info-border bg-info-subtle text-info-text',
};

export function Badge({
  tone = 'neutral',
  children,
  className,
}: {
  tone?: Tone;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      className={clsx(
        'inline-flex h-5 max-w-full items-center gap-1 rounded-control border px-1.5 text-12 font-medium whitespace-nowrap',
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}

/** A picture, or initials where there is none. */
export function Avatar({ name, src, size = 24 }: { name: string; src?: string | null; size?: number }) {
  return (
    <span
      aria-hidden
      className="inline-flex shrink-0 items-center justify-center overflow-hidden rounded-full bg-n5 font-semibold text-n11 select-none"
      style={{ width: size, height: size, fontSize: Math.max(10, size * 0.4) }}
    >
      {src ? (
        <Picture src={src} className="size-full object-cover" />
      ) : size < 24 ? (
        initials(name).slice(0, 1)
      ) : (
        initials(name)
      )}
    </span>
  );
}

function initials(text: string): string {
  const words = text
    .trim()
    .split(/[\s._@-]+/u)
    .filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...(word ?? '?')][0]?.toLocaleUpperCase() ?? '').join('');
}

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded-[4px] border bg-n1 px-1 text-[11px] text-n10">
      {children}
    </kbd>
  );
}
