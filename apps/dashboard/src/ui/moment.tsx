import { clsx } from 'clsx';
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';

export type Mark = 'done' | 'open' | 'wait' | 'bad';

const MARKS: Record<Mark, string> = {
  done: 'border-n11 bg-n11',
  open: 'border-n7 bg-n1',
  wait: 'border-info-text bg-info-subtle',
  bad: 'border-danger-text bg-danger-subtle',
};

/** One sentence on a line in time. */
export function Moment({
  title,
  note,
  mark,
  isLast,
  children,
}: {
  title: ReactNode;
  note?: ReactNode;
  mark: Mark;
  isLast?: boolean;
  children?: ReactNode;
}) {
  return (
    <li className="relative flex gap-3 pb-5 last:pb-0">
      {!isLast && <span aria-hidden className="absolute top-4 bottom-0 left-[4.5px] w-px bg-n6" />}
      <span aria-hidden className={clsx('mt-[5px] size-2.5 shrink-0 rounded-full border-2', MARKS[mark])} />
      <div className="min-w-0 flex-1">
        <p className={clsx('max-w-reading text-pretty', mark === 'open' && 'text-n10')}>{title}</p>
        {note && <p className="text-12 text-n10">{note}</p>}
        {children}
      </div>
    </li>
  );
}

export function Fold({ label, children }: { label: string; children: ReactNode }) {
  return (
    <details className="group mt-1">
      <summary className="inline-flex cursor-pointer list-none items-center gap-1 rounded-[3px] text-12 text-n11 hover:text-n12">
        <ChevronRight className="size-3 transition-transform group-open:rotate-90" aria-hidden />
        {label}
      </summary>
      {children}
    </details>
  );
}

export function Raw({ text }: { text: string }) {
  return (
    <pre
      className="mt-1.5 max-h-60 overflow-auto rounded-control bg-n3 p-2.5 text-12 whitespace-pre-wrap break-words"
      tabIndex={0}
    >
      {text}
    </pre>
  );
}
