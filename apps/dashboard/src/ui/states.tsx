import { CloudOff, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Code, type Snippet } from './code.tsx';
import { RequestId } from './notice.tsx';

interface EmptyProps {
  icon: LucideIcon;
  title: string;
  /** What this is for, in one sentence. */
  children: ReactNode;
  action?: ReactNode;
  snippets?: readonly Snippet[];
}

/** Teaches what belongs here: a sentence, the button, and the same as code. */
export function Empty({ icon: Icon, title, children, action, snippets }: EmptyProps) {
  return (
    <div className="mx-auto flex w-full max-w-[560px] flex-col items-center px-4 py-14 text-center">
      <span className="mb-4 flex size-10 items-center justify-center rounded-card border bg-n2 text-n11">
        <Icon className="size-5" strokeWidth={1.6} aria-hidden />
      </span>
      <h2 className="text-14">{title}</h2>
      <p className="mt-1 max-w-[44ch] text-pretty text-n11">{children}</p>
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
      {snippets && (
        <div className="mt-8 w-full">
          <Code snippets={snippets} label="The same by code" />
        </div>
      )}
    </div>
  );
}

/** What happened, what to do, and the number to ask about it. */
export function Failed({ error, retry, what }: { error: Error; retry?(): void; what: string }) {
  return (
    <div role="alert" className="mx-auto flex max-w-[480px] flex-col items-center px-4 py-14 text-center">
      <span className="mb-4 flex size-10 items-center justify-center rounded-card border border-danger-border bg-danger-subtle text-danger-text">
        <CloudOff className="size-5" strokeWidth={1.6} aria-hidden />
      </span>
      <h2 className="text-14">{what} could not be loaded</h2>
      <p className="mt-1 text-pretty text-n11">{error.message}</p>
      <RequestId error={error} />
      {retry && (
        <Button className="mt-4" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

const widths = ['62%', '48%', '71%', '55%', '66%', '43%', '58%', '51%'];

/** Rows that keep the place of rows to come. */
export function RowSkeletons({ rows = 8 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="flex h-9 items-center gap-4 border-b px-3">
          <span className="skeleton h-3" style={{ width: widths[index % widths.length] }} />
          <span className="skeleton ml-auto h-3 w-16" />
        </div>
      ))}
    </div>
  );
}

export function BlockSkeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-3">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="skeleton h-4" style={{ width: widths[index % widths.length] }} />
      ))}
    </div>
  );
}
