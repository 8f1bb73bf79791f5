import type { JobDetails } from '@pulsestack/core';
import { useState } from 'react';
import { useCan } from '../../session/use-session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Panel } from '../../ui/dialog.tsx';
import { Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { Fact, Mono } from '../notifications/facts.tsx';
import { progressText } from './columns.tsx';
import { useJob, useJobActions } from './use-jobs.ts';
import { STATES } from './words.ts';

/** One job: what it works on, why it failed, and what can be done about it. */
export function JobPanel({ id, onClose }: { id: string; onClose(): void }) {
  const { data, error, refetch } = useJob(id);
  return (
    <Panel isOpen onClose={onClose} title={data?.name ?? 'Job'} description={data ? STATES[data.state].explained : ''}>
      {data ? (
        <Details job={data} onDropped={onClose} />
      ) : error ? (
        <Failed error={error} retry={() => void refetch()} what="The job" />
      ) : (
        <RowSkeletons rows={4} />
      )}
    </Panel>
  );
}

function Details({ job, onDropped }: { job: JobDetails; onDropped(): void }) {
  return (
    <>
      <Actions job={job} onDropped={onDropped} />
      <dl className="grid grid-cols-[96px_minmax(0,1fr)] gap-y-3">
        <Fact name="State">
          <Badge tone={STATES[job.state].tone}>{STATES[job.state].label}</Badge>
        </Fact>
        <Fact name="Tries">
          {job.attempts} of {job.maxAttempts}
        </Fact>
        {job.progress && <Fact name="Progress">{progressText(job.progress)}</Fact>}
        <Fact name="Added">
          <Time at={job.createdAt} isExact />
        </Fact>
        <Fact name="Due">
          <Time at={job.runAt} isExact />
        </Fact>
        <Fact name="Id">
          <Mono text={job.id} label="Copy id" />
        </Fact>
        <Fact name="Request">
          <Mono text={job.correlationId} label="Copy request id" />
        </Fact>
        {job.key && <Fact name="Key">{job.key}</Fact>}
        <Fact name="Data">
          <pre className="overflow-x-auto rounded-control bg-n3 p-2.5" tabIndex={0} aria-label="Data">
            {JSON.stringify(job.data, null, 2)}
          </pre>
        </Fact>
      </dl>
      {job.failures.length > 0 && <Failures failures={job.failures} />}
    </>
  );
}

function Actions({ job, onDropped }: { job: JobDetails; onDropped(): void }) {
  const can = useCan();
  const { redrive, drop } = useJobActions();
  const [isDropping, setDropping] = useState(false);
  if (!can('jobs.manage') || job.state === 'running') return null;
  return (
    <div className="mb-5 flex gap-2">
      {job.state !== 'ready' && (
        <Button look="primary" isBusy={redrive.isPending} onClick={() => redrive.mutate([job.id])}>
          Run now
        </Button>
      )}
      <Button look="quiet-danger" onClick={() => setDropping(true)}>
        Drop
      </Button>
      <Confirm
        isOpen={isDropping}
        onClose={() => setDropping(false)}
        title="Drop this job?"
        action="Drop"
        act={async () => {
          await drop.mutateAsync([job.id]);
          onDropped();
        }}
      >
        What it was to do is not done, now or later. This cannot be taken back.
      </Confirm>
    </div>
  );
}

function Failures({ failures }: { failures: JobDetails['failures'] }) {
  return (
    <section aria-label="Failed tries" className="mt-6">
      <h3 className="mb-2 text-13 font-medium">Failed tries</h3>
      <ol className="flex flex-col gap-2">
        {failures.toReversed().map((failure) => (
          <li key={`${failure.at} ${failure.attempt}`} className="rounded-control border p-2.5">
            <div className="flex justify-between gap-2 text-12 text-n10">
              <span>Try {failure.attempt}</span>
              <Time at={failure.at} />
            </div>
            <p className="mt-1 wrap-anywhere">{failure.error}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
