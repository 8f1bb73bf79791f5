import type { Workflow } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import type { Column } from '../../table/columns.ts';
import { Badge } from '../../ui/badge.tsx';
import { Count, Time } from '../../ui/time.tsx';
import { stateOf } from './states.ts';
import type { Activity } from './use-workflows.ts';

export function workflowColumns(activity: (key: string) => Activity | undefined): readonly Column<Workflow>[] {
  return [
    {
      id: 'name',
      header: 'Workflow',
      isWide: true,
      isFixed: true,
      text: (workflow) => workflow.name,
      cell: (workflow) => (
        <span className="flex min-w-0 items-baseline gap-2">
          <Link
            to="/workflows/$key"
            params={{ key: workflow.key }}
            className="min-w-0 truncate rounded-[3px] font-medium"
            dir="auto"
          >
            {workflow.name}
          </Link>
          <code className="truncate text-n10 max-sm:hidden">{workflow.key}</code>
          {workflow.origin && (
            <span className="max-md:hidden">
              <Badge>{workflow.origin.kind === 'code' ? 'In code' : 'In files'}</Badge>
            </span>
          )}
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      text: (workflow) => stateOf(workflow).label,
      cell: (workflow) => (
        <span className="flex items-center gap-1.5">
          <Badge tone={stateOf(workflow).tone}>{stateOf(workflow).label}</Badge>
          {workflow.changed && workflow.version !== null && (
            <span className="max-sm:hidden">
              <Badge tone="warning">Draft differs</Badge>
            </span>
          )}
        </span>
      ),
    },
    {
      id: 'trigger',
      header: 'Starts with',
      from: 'lg',
      text: (workflow) => workflow.draft.trigger.event ?? '',
      cell: ({ draft }) =>
        draft.trigger.event === undefined ? (
          <span className="text-n10">Its key</span>
        ) : (
          <code className="block max-w-56 truncate text-n11">{draft.trigger.event}</code>
        ),
    },
    {
      id: 'steps',
      header: 'Category',
      from: 'xl',
      text: (workflow) => workflow.draft.category,
      cell: ({ draft }) => <span className="block max-w-40 truncate text-n11">{draft.category}</span>,
    },
    {
      id: 'runs',
      header: 'Runs in 24 h',
      from: 'md',
      align: 'right',
      text: (workflow) => activity(workflow.key)?.runs ?? '',
      cell: (workflow) => <Runs workflow={workflow.key} activity={activity(workflow.key)} />,
    },
    {
      id: 'updatedAt',
      header: 'Changed',
      from: 'sm',
      align: 'right',
      text: (workflow) => workflow.updatedAt,
      cell: (workflow) => (
        <span className="text-n10">
          <Time at={workflow.updatedAt} />
        </span>
      ),
    },
  ];
}

function Runs({ workflow, activity }: { workflow: string; activity: Activity | undefined }) {
  if (!activity) return <span className="text-n10">…</span>;
  const { runs, failed, isAtLeast } = activity;
  return (
    <span className="inline-flex items-baseline justify-end gap-2">
      {failed > 0 && (
        <Link to="/runs" search={{ workflow, state: 'failed' }} className="rounded-[3px] text-12 text-danger-text">
          <Count value={failed} /> failed
        </Link>
      )}
      {runs === 0 && !isAtLeast ? (
        <span className="text-n10">0</span>
      ) : (
        <Link to="/runs" search={{ workflow }} className="rounded-[3px] text-n11">
          {isAtLeast && '≥ '}
          <Count value={runs} />
        </Link>
      )}
    </span>
  );
}
