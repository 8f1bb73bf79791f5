import type { RunWithTrace } from '@pulsestack/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { CircleX, PackageOpen } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { useCan } from '../../session/use-session.ts';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Missing } from '../../shell/trouble.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Problem } from '../../ui/notice.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { Fact, Mono } from '../notifications/facts.tsx';
import { MessagesOfRun } from './messages-of-run.tsx';
import { openDigestOf, RunStory } from './run-story.tsx';
import { useRun, useRunChanges } from './use-runs.ts';
import { isUnderWay, STATES } from './words.ts';

const route = getRouteApi('/inside/runs/$id');

export function RunPage() {
  const { id } = route.useParams();
  const { data: run, error, refetch } = useRun(id);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  return (
    <Page
      title={run ? `${run.workflow} for ${run.userId}` : 'Run'}
      width="medium"
      before={<Back to="/runs" label="Back to runs" />}
      action={run && isUnderWay(run) ? <Actions run={run} /> : undefined}
    >
      {error && !run ? (
        <Failed error={error} what="The run" retry={() => void refetch()} />
      ) : !run ? (
        <BlockSkeleton lines={8} />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_minmax(320px,400px)]">
          <RunStory run={run} />
          <div className="flex min-w-0 flex-col gap-8">
            <MessagesOfRun run={run} />
            <Facts run={run} />
          </div>
        </div>
      )}
    </Page>
  );
}

function Actions({ run }: { run: RunWithTrace }) {
  const can = useCan();
  const { cancel, flush } = useRunChanges();
  const [isAsking, setAsking] = useState(false);
  if (!can('runs.manage')) return null;
  const digest = openDigestOf(run);
  return (
    <>
      {digest !== null && (
        <Button onClick={() => flush.mutate(digest)} isBusy={flush.isPending}>
          <PackageOpen className="size-3.5" aria-hidden />
          <span className="max-sm:hidden">End the digest now</span>
          <span className="sm:hidden">End</span>
        </Button>
      )}
      <Button look="quiet-danger" onClick={() => setAsking(true)}>
        <CircleX className="size-3.5" aria-hidden />
        Cancel
      </Button>
      {cancel.error && <Problem error={cancel.error} />}
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Cancel this run?"
        action="Cancel the run"
        act={() => cancel.mutateAsync([run.id])}
      >
        What it has not sent yet is not sent. A digest it leads goes on with its next event.
      </Confirm>
    </>
  );
}

function Facts({ run }: { run: RunWithTrace }) {
  return (
    <dl className="grid grid-cols-[112px_minmax(0,1fr)] gap-y-2.5 border-t pt-6">
      <Fact name="State">
        <Badge tone={STATES[run.state].tone}>{STATES[run.state].label}</Badge>
      </Fact>
      <Fact name="Workflow">
        <Link to="/workflows/$key" params={{ key: run.workflow }} className="underline underline-offset-2">
          {run.workflow}
        </Link>
        <span className="text-n10">, version {run.version}</span>
      </Fact>
      <Fact name="User">
        <Link to="/users/$id" params={{ id: run.userId }} className="underline underline-offset-2">
          {run.userId}
        </Link>
      </Fact>
      <Fact name="Began">
        <Time at={run.createdAt} isExact />
      </Fact>
      {run.finishedAt && (
        <Fact name="Ended">
          <Time at={run.finishedAt} isExact />
        </Fact>
      )}
      {run.cancelKey && (
        <Fact name="Cancel key">
          <Link to="/runs" search={{ key: run.cancelKey }} className="font-mono text-12 underline underline-offset-2">
            {run.cancelKey}
          </Link>
        </Fact>
      )}
      <Fact name="Id">
        <Mono text={run.id} label="Copy id" />
      </Fact>
      <Fact name="Event">
        <Mono text={run.eventId} label="Copy id of the event" />
      </Fact>
      <Fact name="Correlation">
        <Mono text={run.correlationId} label="Copy correlation id" />
      </Fact>
    </dl>
  );
}
