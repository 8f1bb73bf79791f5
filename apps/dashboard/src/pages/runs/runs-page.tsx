import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { CircleX, Footprints } from 'lucide-react';
import { Needs } from '../../session/needs.tsx';
import { useSnippets } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import { FilterChip, SearchFilter, TextChip } from '../../table/filters.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Empty } from '../../ui/states.tsx';
import { NothingFits } from '../notifications/notifications-page.tsx';
import { CancelDialog } from './cancel-dialog.tsx';
import { runColumns } from './columns.tsx';
import { RunTable } from './run-table.tsx';
import { STATE_OPTIONS } from './words.ts';

const route = getRouteApi('/inside/runs');

export function RunsPage() {
  const { panel, ...filter } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const show = (next: string | undefined) =>
    void navigate({ to: '/runs', search: { ...filter, ...(next ? { panel: next } : {}) } });
  return (
    <Page
      title="Runs"
      action={
        can('runs.manage') ? (
          <Button onClick={() => show('cancel')}>
            <CircleX className="size-3.5" aria-hidden />
            Cancel many…
          </Button>
        ) : undefined
      }
    >
      <Needs permission="workflows.read" to="see what workflows do">
        <Filtered />
      </Needs>
      {panel === 'cancel' && can('runs.manage') && <CancelDialog filter={filter} onClose={() => show(undefined)} />}
    </Page>
  );
}

function Filtered() {
  const { panel: _panel, ...filter } = route.useSearch();
  const navigate = useNavigate();
  const set = (change: Partial<typeof filter>) =>
    void navigate({ to: '/runs', search: { ...filter, ...change }, replace: true });
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <RunTable
      name="runs"
      filter={filter}
      columns={runColumns}
      filters={
        <>
          <SearchFilter label="Id of a user" value={filter.user} onChange={(user) => set({ user })} />
          <FilterChip label="State" options={STATE_OPTIONS} value={filter.state} onChange={(state) => set({ state })} />
          <TextChip
            label="Workflow"
            placeholder="any"
            value={filter.workflow}
            onChange={(workflow) => set({ workflow })}
          />
          <TextChip label="Cancel key" placeholder="any" value={filter.key} onChange={(key) => set({ key })} />
        </>
      }
      empty={isFiltered ? <NothingFits onClear={() => void navigate({ to: '/runs', search: {} })} /> : <NoRuns />}
    />
  );
}

function NoRuns() {
  const snippets = useSnippets({
    path: '/v1/events',
    body: { name: 'comment.created', to: 'ada', payload: { text: 'Nice' } },
    sdk: "events.create({ name: 'comment.created', to: 'ada', payload: { text: 'Nice' } })",
  });
  return (
    <Empty
      icon={Footprints}
      title="No runs yet"
      action={
        <Link to="/workflows" className={buttonClass('primary')}>
          See workflows
        </Link>
      }
      snippets={snippets}
    >
      An event starts the workflows that wait for it: one run for each user. Each stands here with every decision it
      took.
    </Empty>
  );
}
