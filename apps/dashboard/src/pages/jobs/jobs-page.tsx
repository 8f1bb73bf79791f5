import { JOB_STATES, type Job, type JobState } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import { Needs } from '../../session/needs.tsx';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { TextChip } from '../../table/filters.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Empty } from '../../ui/states.tsx';
import { NothingFits } from '../notifications/notifications-page.tsx';
import { jobColumns } from './columns.tsx';
import { JobPanel } from './job-panel.tsx';
import { useJobActions, useJobCounts, useJobs } from './use-jobs.ts';
import { STATES, stateOf } from './words.ts';

const route = getRouteApi('/inside/jobs');

export function JobsPage() {
  return (
    <Page title="Jobs">
      <Needs permission="jobs.read" to="see background work">
        <Counts />
        <JobTable />
      </Needs>
    </Page>
  );
}

/** How much there is of each state; each opens its list. */
function Counts() {
  const search = route.useSearch();
  const { counts, data } = useJobCounts();
  const open = stateOf(search.state);
  return (
    <nav aria-label="States of jobs" className="mb-5 grid grid-cols-2 gap-2 sm:grid-cols-4">
      {JOB_STATES.toReversed().map((state) => (
        <Link
          key={state}
          to="/jobs"
          search={{ ...search, state, job: undefined }}
          aria-current={state === open ? 'page' : undefined}
          className={clsx('rounded-card border p-3 hover:bg-n3', state === open && 'border-accent bg-n2')}
        >
          <span className="block text-12 text-n11">{STATES[state].label}</span>
          <span className="tabular block text-20 font-medium">
            {counts ? countText(counts[state], data?.exact) : '–'}
          </span>
        </Link>
      ))}
    </nav>
  );
}

function countText(count: number, isExact: boolean | undefined): string {
  return isExact === false && count > 10_000 ? '10,000+' : count.toLocaleString('en');
}

function JobTable() {
  const { state: asked, name, job } = route.useSearch();
  const state = stateOf(asked);
  const navigate = useNavigate();
  const isManaged = useCan()('jobs.manage') && state === 'dead';
  const list = useJobs({ state, name });
  const set = (change: { name?: string | undefined; job?: string | undefined }) =>
    void navigate({ to: '/jobs', search: { state: asked, name, job, ...change }, replace: true });
  return (
    <>
      <DataTable
        name="jobs"
        what="Jobs"
        list={list}
        columns={jobColumns}
        idOf={(one) => one.id}
        onOpen={(one) => set({ job: one.id })}
        filters={
          <>
            <TextChip
              label="Job"
              placeholder="any, such as inbox.fanOut"
              value={name}
              onChange={(next) => set({ name: next })}
            />
            {isManaged && list.items.length > 0 && <RedriveAll name={name} />}
          </>
        }
        {...(isManaged
          ? { bulk: (items: Job[], clear: () => void) => <BulkActions jobs={items} clear={clear} /> }
          : {})}
        empty={
          name === undefined ? <Nothing state={state} /> : <NothingFits onClear={() => set({ name: undefined })} />
        }
      />
      {job !== undefined && <JobPanel id={job} onClose={() => set({ job: undefined })} />}
    </>
  );
}

function BulkActions({ jobs, clear }: { jobs: readonly Job[]; clear(): void }) {
  const { redrive, drop } = useJobActions();
  const ids = jobs.map((job) => job.id);
  return (
    <>
      <Button size="small" isBusy={redrive.isPending} onClick={() => redrive.mutate(ids, { onSuccess: clear })}>
        Run again
      </Button>
      <Button
        size="small"
        look="quiet-danger"
        isBusy={drop.isPending}
        onClick={() => drop.mutate(ids, { onSuccess: clear })}
      >
        Drop
      </Button>
    </>
  );
}

function Nothing({ state }: { state: JobState }) {
  return (
    <Empty
      icon={ListChecks}
      title={state === 'dead' ? 'Nothing has been given up' : `Nothing is ${STATES[state].label.toLowerCase()}`}
    >
      Work in the background is tried again by itself. What fails too often rests here, with its error, until you run it
      again or drop it.
    </Empty>
  );
}

function RedriveAll({ name }: { name: string | undefined }) {
  const [isAsking, setAsking] = useState(false);
  const { redriveAll } = useJobActions();
  return (
    <>
      <Button onClick={() => setAsking(true)}>Run all again</Button>
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={name ? `Run all ${name} again?` : 'Run everything again?'}
        action="Run again"
        isDangerous={false}
        act={() => redriveAll.mutateAsync(name)}
      >
        Every job that was given up{name ? ' and has this name' : ''} is tried anew, from its first try.
      </Confirm>
    </>
  );
}
