import type { Change } from '@pulsestack/core';
import { ArrowDownUp, Minus, PencilLine, Plus } from 'lucide-react';
import { KINDS, type StepType } from './kinds.ts';

const MARKS = {
  added: { icon: Plus, look: 'text-success-text' },
  removed: { icon: Minus, look: 'text-danger-text' },
  changed: { icon: PencilLine, look: 'text-warning-text' },
  moved: { icon: ArrowDownUp, look: 'text-info-text' },
} as const;

/** How one definition became another, in words; values that were and are below each other. */
export function ChangeList({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <p className="text-n10">Nothing differs.</p>;
  return (
    <ul aria-label="Changes" className="divide-y rounded-card border">
      {changes.map((change) => {
        const { icon: Icon, look } = MARKS[change.kind];
        return (
          <li key={`${change.kind} ${change.step} ${change.path}`} className="flex gap-3 px-3 py-2">
            <Icon className={`mt-0.5 size-4 shrink-0 ${look}`} aria-hidden />
            <div className="min-w-0 flex-1">
              <p>{sentenceOf(change)}</p>
              {change.path !== '' && (
                <dl className="mt-1 flex flex-col gap-0.5 font-mono text-12">
                  {change.before !== undefined && <Value name="Before" value={change.before} look="bg-danger-subtle" />}
                  {change.after !== undefined && <Value name="After" value={change.after} look="bg-success-subtle" />}
                </dl>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function Value({ name, value, look }: { name: string; value: unknown; look: string }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <div>
      <dt className="sr-only">{name}</dt>
      <dd dir="auto" className={`w-fit max-w-full rounded-[3px] px-1.5 break-words whitespace-pre-wrap ${look}`}>
        {text === '' ? '""' : text}
      </dd>
    </div>
  );
}

function sentenceOf({ kind, step, path, before, after }: Change): string {
  const field = path.slice(1).replaceAll('/', ' › ').replaceAll('~1', '/').replaceAll('~0', '~');
  if (step === null) return `${field === '' ? 'The workflow' : `Of the workflow: ${field}`} ${kind}`;
  if (path !== '') return `Step ${step}: ${field} ${kind}`;
  if (kind === 'moved') return `Step ${step} moved; it stands ${placeOf(after)} now`;
  const type = (kind === 'added' ? after : before) as { type?: StepType } | undefined;
  const what = type?.type === undefined ? 'Step' : (KINDS[type.type]?.label ?? 'Step');
  return `${what} ${step} ${kind}`;
}

/** Places are told as `steps, behind a` or `b[0], first`. */
function placeOf(place: unknown): string {
  const [list = '', where = ''] = String(place).split(', ');
  return list === 'steps' ? where : `${where} in ${list.replace(/\[\d+\]$/, '')}`;
}
