import type { TemplateChange } from '@pulsestack/core';
import { clsx } from 'clsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { useDiff } from './use-templates.ts';

/** What differs between two revisions, field by field. */
export function Changes({ templateKey, from, to }: { templateKey: string; from: string; to: string }) {
  const { data, error, refetch } = useDiff(templateKey, from, to);
  if (error) return <Failed error={error} what="The difference" retry={() => void refetch()} />;
  if (!data) return <BlockSkeleton />;
  if (data.changes.length === 0) return <p className="text-n10">Nothing differs.</p>;
  return (
    <ul className="flex flex-col gap-3">
      {data.changes.map((change) => (
        <li key={change.field} className="min-w-0 overflow-hidden rounded-card border">
          <p className="border-b bg-n2 px-3 py-1.5 font-mono text-12">{change.field}</p>
          <div className="overflow-x-auto py-1.5 font-mono text-12 leading-[18px]">
            {linesOf(change).map(({ kind, text }, i) => (
              <p
                key={i}
                className={clsx(
                  'px-3 break-words whitespace-pre-wrap',
                  kind === 'added' && 'bg-success-subtle text-success-text',
                  kind === 'removed' && 'bg-danger-subtle text-danger-text',
                  kind === 'same' && 'text-n10',
                )}
              >
                <span className="select-none" aria-hidden>
                  {kind === 'added' ? '+ ' : kind === 'removed' ? '− ' : '  '}
                </span>
                {kind !== 'same' && <span className="sr-only">{kind}: </span>}
                {text || ' '}
              </p>
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}

const NEAR = 3;

type Line = NonNullable<TemplateChange['lines']>[number];

/** Long texts show what is near a change, short ones everything. */
function linesOf({ lines, before, after }: TemplateChange): Line[] {
  if (!lines)
    return [
      ...(before === null ? [] : [{ kind: 'removed' as const, text: said(before) }]),
      ...(after === null ? [] : [{ kind: 'added' as const, text: said(after) }]),
    ];
  const isNear = lines.map((_, i) =>
    lines.slice(Math.max(0, i - NEAR), i + NEAR + 1).some((line) => line.kind !== 'same'),
  );
  return lines.flatMap((line, i): Line[] => {
    if (isNear[i]) return [line];
    return isNear[i - 1] || i === 0 ? [{ kind: 'same', text: '…' }] : [];
  });
}

function said(value: NonNullable<TemplateChange['before']>): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
