import { clsx } from 'clsx';
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/http.ts';
import { Copy } from './copy.tsx';

type Tone = 'info' | 'success' | 'warning' | 'danger';

const tones: Record<Tone, { box: string; icon: typeof Info }> = {
  info: { box: 'border-info-border bg-info-subtle [&>svg]:text-info-text', icon: Info },
  success: { box: 'border-success-border bg-success-subtle [&>svg]:text-success-text', icon: CircleCheck },
  warning: { box: 'border-warning-border bg-warning-subtle [&>svg]:text-warning-text', icon: TriangleAlert },
  danger: { box: 'border-danger-border bg-danger-subtle [&>svg]:text-danger-text', icon: CircleAlert },
};

export function Notice({ tone = 'info', children, action }: { tone?: Tone; children: ReactNode; action?: ReactNode }) {
  const { box, icon: Icon } = tones[tone];
  return (
    <div
      className={clsx(
        'flex gap-2.5 rounded-control border px-3 py-2',
        action ? 'items-start sm:items-center' : 'items-start',
        box,
      )}
      role={tone === 'danger' ? 'alert' : undefined}
    >
      <Icon className={clsx('size-4 shrink-0', action ? 'max-sm:mt-0.5' : 'mt-0.5')} aria-hidden />
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}

/** A refusal in a form: what happened, and the number to ask about it. */
export function Problem({ error }: { error: Error }) {
  return (
    <Notice tone="danger">
      {error.message}
      <RequestId error={error} />
    </Notice>
  );
}

export function RequestId({ error }: { error: Error }) {
  if (!(error instanceof ApiError) || error.requestId === null) return null;
  return (
    <span className="mt-0.5 flex items-center gap-1 text-12 text-n11">
      Request <code className="truncate">{error.requestId}</code>
      <Copy text={error.requestId} label="Copy request id" />
    </span>
  );
}
