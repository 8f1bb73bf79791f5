import type { Run } from '@pulsestack/core';
import { useNavigate } from '@tanstack/react-router';
import { ArrowUp, CircleX } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useCan } from '../../session/use-session.ts';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { type RunFilter, useRunChanges, useRuns } from './use-runs.ts';
import { isUnderWay } from './words.ts';

interface RunTableProps {
  name: string;
  filter: RunFilter;
  columns: readonly Column<Run>[];
  filters: ReactNode;
  empty: ReactNode;
}

/** Runs with what is new announced, and several cancelled at once. */
export function RunTable({ name, filter, columns, filters, empty }: RunTableProps) {
  const navigate = useNavigate();
  const can = useCan();
  const { list, waiting, isMore, letIn } = useRuns(filter);
  const { cancel } = useRunChanges();
  const [cancelling, setCancelling] = useState<{ ids: string[]; done(): void } | null>(null);
  const count = isMore ? `${waiting}+` : String(waiting);
  return (
    <>
      <DataTable
        name={name}
        what="Runs"
        list={list}
        columns={columns}
        idOf={(run) => run.id}
        onOpen={(run) => void navigate({ to: '/runs/$id', params: { id: run.id } })}
        filters={filters}
        news={
          waiting > 0 ? (
            <Button size="small" onClick={letIn} className="self-center rounded-full">
              <ArrowUp className="size-3.5" aria-hidden />
              {count} new
            </Button>
          ) : null
        }
        bulk={
          can('runs.manage')
            ? (items: Run[], clear: () => void) => {
                const ids = items.filter(isUnderWay).map((run) => run.id);
                return (
                  <Button size="small" disabled={ids.length === 0} onClick={() => setCancelling({ ids, done: clear })}>
                    <CircleX className="size-3.5" aria-hidden />
                    Cancel runs
                  </Button>
                );
              }
            : undefined
        }
        empty={empty}
      />
      <p role="status" className="sr-only">
        {waiting > 0 ? `${count} new runs` : ''}
      </p>
      <Confirm
        isOpen={cancelling !== null}
        onClose={() => setCancelling(null)}
        title={cancelling?.ids.length === 1 ? 'Cancel this run?' : `Cancel ${cancelling?.ids.length ?? 0} runs?`}
        action={cancelling?.ids.length === 1 ? 'Cancel the run' : 'Cancel them'}
        act={async () => {
          await cancel.mutateAsync(cancelling?.ids ?? []);
          cancelling?.done();
        }}
      >
        What they have not sent yet is not sent. What was sent stays.
      </Confirm>
    </>
  );
}
