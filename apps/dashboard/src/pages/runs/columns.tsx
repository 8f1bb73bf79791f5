import type { Run } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import type { Column } from '../../table/columns.ts';
import { Badge } from '../../ui/badge.tsx';
import { Time } from '../../ui/time.tsx';
import { isUnderWay, lineText, STATES } from './words.ts';

const workflow: Column<Run> = {
  id: 'workflow',
  header: 'Workflow',
  isFixed: true,
  text: (run) => run.workflow,
  cell: (run) => (
    <Link
      to="/runs/$id"
      params={{ id: run.id }}
      className="block max-w-56 truncate rounded-[3px] font-medium max-sm:max-w-36"
    >
      {run.workflow}
    </Link>
  ),
};

const columns: readonly Column<Run>[] = [
  {
    id: 'user',
    header: 'User',
    isFixed: true,
    text: (run) => run.userId,
    cell: (run) => (
      <Link
        to="/runs/$id"
        params={{ id: run.id }}
        className="block max-w-44 truncate rounded-[3px] text-n11 max-sm:max-w-28"
      >
        {run.userId}
      </Link>
    ),
  },
  {
    id: 'state',
    header: 'State',
    text: (run) => STATES[run.state].label,
    cell: (run) => <Badge tone={STATES[run.state].tone}>{STATES[run.state].label}</Badge>,
  },
  {
    id: 'why',
    header: 'How it stands',
    isWide: true,
    from: 'md',
    text: (run) => standing(run),
    cell: (run) => (
      <span className="block truncate text-n11">
        {run.wakesAt ? (
          <>
            {run.step ? `At ${run.step}, goes on ` : 'Goes on '}
            <Time at={run.wakesAt} />
          </>
        ) : (
          standing(run)
        )}
      </span>
    ),
  },
  {
    id: 'version',
    header: 'Version',
    from: 'xl',
    align: 'right',
    text: (run) => run.version,
    cell: (run) => <span className="text-n11">{run.version}</span>,
  },
  {
    id: 'key',
    header: 'Cancel key',
    from: 'xl',
    isHiddenAtFirst: true,
    text: (run) => run.cancelKey ?? '',
    cell: (run) => <code className="block max-w-44 truncate text-n11">{run.cancelKey}</code>,
  },
  {
    id: 'createdAt',
    header: 'Began',
    from: 'sm',
    align: 'right',
    text: (run) => run.createdAt,
    cell: (run) => (
      <span className="text-n10">
        <Time at={run.createdAt} />
      </span>
    ),
  },
];

export const runColumns: readonly Column<Run>[] = [workflow, ...columns];
/** In the page of a workflow its name would say nothing. */
export const ownRunColumns: readonly Column<Run>[] = columns;

function standing(run: Run): string {
  if (isUnderWay(run)) return run.step ? `At ${run.step}` : 'Begins';
  return run.sentence ? lineText({ sentence: run.sentence }) : '';
}
