import type { Workflow } from '@pulsestack/core';
import { Footprints } from 'lucide-react';
import { useState } from 'react';
import { FilterChip } from '../../table/filters.tsx';
import { Empty } from '../../ui/states.tsx';
import { ownRunColumns } from '../runs/columns.tsx';
import { RunTable } from '../runs/run-table.tsx';
import { STATE_OPTIONS } from '../runs/words.ts';

export function RunsTab({ workflow }: { workflow: Workflow }) {
  const [state, setState] = useState<string | undefined>();
  return (
    <RunTable
      name="runs-of-workflow"
      filter={{ workflow: workflow.key, ...(state ? { state } : {}) }}
      columns={ownRunColumns}
      filters={<FilterChip label="State" options={STATE_OPTIONS} value={state} onChange={setState} />}
      empty={
        <Empty icon={Footprints} title={state ? 'None is in this state' : 'Nothing has started it yet'}>
          {workflow.status === 'published'
            ? 'Each event starts one run for each user. The Trigger tab has the call to copy.'
            : 'A workflow starts once it is published and on.'}
        </Empty>
      }
    />
  );
}
