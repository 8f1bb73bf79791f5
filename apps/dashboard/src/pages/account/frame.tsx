import type { ReactNode } from 'react';
import { useTitle } from '../../shell/page.tsx';

/** The quiet page around signing in and what leads there. */
export function Frame({
  title,
  lead,
  children,
  foot,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  foot?: ReactNode;
}) {
  useTitle(title);
  return (
    <div className="flex min-h-dvh flex-col items-center justify-center bg-n2 px-4 py-10">
      <main className="w-full max-w-[380px]">
        <Mark />
        <h1 className="mt-6 text-20">{title}</h1>
        {lead && <p className="mt-1 text-n11">{lead}</p>}
        <div className="mt-5 rounded-card border bg-n1 p-5">{children}</div>
        {foot && <div className="mt-4 text-center text-n11">{foot}</div>}
      </main>
    </div>
  );
}

export function Mark() {
  return (
    <span className="flex items-center gap-2.5 text-14 font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" className="size-7" aria-hidden>
        <rect width="32" height="32" rx="8" fill="var(--ps-neutral-12)" />
        <path
          d="M6 17h5l3-8 4.5 14 3-6H26"
          fill="none"
          stroke="var(--ps-neutral-1)"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      PulseStack
    </span>
  );
}

export const linkClass = 'rounded-[3px] font-medium text-accent-text underline-offset-2 hover:underline';
