import type { Schedule } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Ban, Pause, Pencil, Play } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { useCan } from '../../session/use-session.ts';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Missing } from '../../shell/trouble.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { Fact, Mono } from '../notifications/facts.tsx';
import { audienceText } from '../notifications/words.ts';
import { durationText } from '../preferences/cap-words.ts';
import { PastFires, Upcoming } from './fires.tsx';
import { useSchedule, useScheduleChanges } from './use-schedules.ts';
import { whenText } from './when.ts';
import { MISSED_OPTIONS, STATES, targetText } from './words.ts';

const route = getRouteApi('/inside/schedules/$id');

export function SchedulePage() {
  const { id } = route.useParams();
  const { data: schedule, error, refetch } = useSchedule(id);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  return (
    <Page
      title={schedule?.name ?? 'Schedule'}
      width="medium"
      before={<Back to="/schedules" label="Back to schedules" />}
      action={schedule && <Actions schedule={schedule} />}
    >
      {schedule ? (
        <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_300px] xl:grid-cols-[minmax(0,1fr)_400px]">
          <div className="flex min-w-0 flex-col gap-8">
            <Upcoming schedule={schedule} />
            <PastFires schedule={schedule} />
          </div>
          <Facts schedule={schedule} />
        </div>
      ) : error ? (
        <Failed error={error} what="The schedule" retry={() => void refetch()} />
      ) : (
        <BlockSkeleton lines={8} />
      )}
    </Page>
  );
}

function Actions({ schedule: { id, name, state } }: { schedule: Schedule }) {
  const can = useCan();
  const navigate = useNavigate();
  const { pause, resume, cancel } = useScheduleChanges(id);
  const [isCancelling, setCancelling] = useState(false);
  if (!can('schedules.write') || state === 'cancelled') return null;
  return (
    <>
      {state === 'active' && (
        <Button onClick={() => pause.mutate()} isBusy={pause.isPending}>
          <Pause className="size-3.5" aria-hidden />
          Pause
        </Button>
      )}
      {state === 'paused' && (
        <Button look="primary" onClick={() => resume.mutate()} isBusy={resume.isPending}>
          <Play className="size-3.5" aria-hidden />
          Resume
        </Button>
      )}
      <RowMenu label="More">
        <MenuItem icon={Pencil} onClick={() => void navigate({ to: '/schedules/$id/edit', params: { id } })}>
          Edit
        </MenuItem>
        <MenuItem icon={Ban} isDangerous onClick={() => setCancelling(true)}>
          Cancel for good
        </MenuItem>
      </RowMenu>
      <Confirm
        isOpen={isCancelling}
        onClose={() => setCancelling(false)}
        title={`Cancel ${name}?`}
        action="Cancel schedule"
        act={() => cancel.mutateAsync()}
      >
        It never fires again. What it has fired stays readable here. To stop it for a while, pause it instead.
      </Confirm>
    </>
  );
}

function Facts({ schedule }: { schedule: Schedule }) {
  const { state, when, inUserZone, timeZone, audience, target, missed, maxLateness, startsAt, endsAt } = schedule;
  return (
    <section aria-label="About" className="min-w-0">
      <dl className="grid grid-cols-[112px_minmax(0,1fr)] gap-y-2.5">
        <Fact name="State">
          <Badge tone={STATES[state].tone}>{STATES[state].label}</Badge>
        </Fact>
        <Fact name="When">{whenText(when)}</Fact>
        {when.every !== 'interval' && (
          <Fact name="Clock">{inUserZone ? `Each user’s own; ${timeZone} for those without` : timeZone}</Fact>
        )}
        <Fact name="To">
          {'topic' in audience ? (
            <Link to="/topics/$key" params={{ key: audience.topic }} className="underline underline-offset-2">
              {audienceText(audience)}
            </Link>
          ) : (
            audienceText(audience)
          )}
        </Fact>
        <Fact name="What">{targetText(schedule)}</Fact>
        {target.kind === 'workflow' && Object.keys(target.payload).length > 0 && (
          <Fact name="Payload">
            <pre className="max-h-60 overflow-auto rounded-control bg-n3 p-2.5" tabIndex={0} aria-label="Payload">
              {JSON.stringify(target.payload, null, 2)}
            </pre>
          </Fact>
        )}
        <Fact name="Missed">
          {MISSED_OPTIONS.find((option) => option.value === missed)?.label}
          {missed !== 'skip' && `, at most ${durationText(maxLateness)} late`}
        </Fact>
        {startsAt && (
          <Fact name="Begins">
            <Time at={startsAt} isExact />
          </Fact>
        )}
        {endsAt && (
          <Fact name="Ends">
            <Time at={endsAt} isExact />
          </Fact>
        )}
        <Fact name="Made">
          <Time at={schedule.createdAt} />
        </Fact>
        <Fact name="Changed">
          <Time at={schedule.updatedAt} />
        </Fact>
        <Fact name="Id">
          <Mono text={schedule.id} label="Copy id" />
        </Fact>
      </dl>
    </section>
  );
}
