import type { Schedule } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { CalendarClock, Plus } from 'lucide-react';
import { Needs } from '../../session/needs.tsx';
import { useSnippets } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { FilterChip } from '../../table/filters.tsx';
import { Badge } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { NothingFits } from '../notifications/notifications-page.tsx';
import { audienceText } from '../notifications/words.ts';
import { onClock } from './clock.ts';
import { useSchedules } from './use-schedules.ts';
import { whenText } from './when.ts';
import { STATE_OPTIONS, STATES, targetText } from './words.ts';

const route = getRouteApi('/inside/schedules');

const columns: readonly Column<Schedule>[] = [
  {
    id: 'name',
    header: 'Schedule',
    isWide: true,
    isFixed: true,
    text: (schedule) => schedule.name,
    cell: (schedule) => (
      <span className="block min-w-0 max-sm:py-1.5">
        <Link
          to="/schedules/$id"
          params={{ id: schedule.id }}
          dir="auto"
          className="block truncate rounded-[3px] text-left font-medium"
        >
          {schedule.name}
        </Link>
        <span className="block truncate text-12 text-n10 sm:hidden">
          {whenText(schedule.when)}
          {schedule.nextFireAt && (
            <>
              , <Time at={schedule.nextFireAt} />
            </>
          )}
        </span>
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    text: (schedule) => STATES[schedule.state].label,
    cell: (schedule) => <Badge tone={STATES[schedule.state].tone}>{STATES[schedule.state].label}</Badge>,
  },
  {
    id: 'when',
    header: 'When',
    from: 'sm',
    text: (schedule) => whenText(schedule.when),
    cell: (schedule) => (
      <span className="block max-w-60 truncate text-n11" title={whenText(schedule.when)}>
        {whenText(schedule.when)}
      </span>
    ),
  },
  {
    id: 'clock',
    header: 'Clock',
    from: 'lg',
    text: clockText,
    cell: (schedule) => <span className="block max-w-44 truncate text-n11">{clockText(schedule)}</span>,
  },
  {
    id: 'to',
    header: 'To',
    from: 'lg',
    text: (schedule) => audienceText(schedule.audience),
    cell: (schedule) => <span className="block max-w-44 truncate text-n11">{audienceText(schedule.audience)}</span>,
  },
  {
    id: 'what',
    header: 'What',
    from: 'xl',
    text: targetText,
    cell: (schedule) => <span className="block max-w-60 truncate text-n11">{targetText(schedule)}</span>,
  },
  {
    id: 'next',
    header: 'Next',
    from: 'sm',
    align: 'right',
    text: (schedule) => schedule.nextFireAt ?? '',
    cell: ({ nextFireAt, timeZone, inUserZone }) =>
      nextFireAt === null ? (
        <span className="text-n10">–</span>
      ) : (
        <span
          className="text-n11"
          title={inUserZone ? 'Where it comes first' : `${onClock(nextFireAt, timeZone)} in ${timeZone}`}
        >
          <Time at={nextFireAt} />
        </span>
      ),
  },
  {
    id: 'last',
    header: 'Last',
    from: 'md',
    align: 'right',
    text: (schedule) => schedule.lastFireAt ?? '',
    cell: ({ lastFireAt }) => (
      <span className="text-n10">{lastFireAt === null ? 'Never' : <Time at={lastFireAt} />}</span>
    ),
  },
];

function clockText({ inUserZone, timeZone, when }: Schedule): string {
  if (when.every === 'interval') return 'Real time';
  return inUserZone ? 'Each user’s own' : timeZone;
}

export function SchedulesPage() {
  return (
    <Page title="Schedules" action={<NewSchedule label="New schedule" />}>
      <Needs permission="schedules.read" to="see schedules">
        <ScheduleTable />
      </Needs>
    </Page>
  );
}

function NewSchedule({ label }: { label: string }) {
  const can = useCan();
  if (!can('schedules.write')) return null;
  return (
    <Link to="/schedules/new" className={buttonClass('primary')}>
      <Plus className="size-3.5" aria-hidden />
      {label}
    </Link>
  );
}

function ScheduleTable() {
  const { state } = route.useSearch();
  const navigate = useNavigate();
  const list = useSchedules(state);
  const set = (next: string | undefined) =>
    void navigate({ to: '/schedules', search: next ? { state: next } : {}, replace: true });
  return (
    <DataTable
      name="schedules"
      what="Schedules"
      list={list}
      columns={columns}
      idOf={(schedule) => schedule.id}
      onOpen={(schedule) => void navigate({ to: '/schedules/$id', params: { id: schedule.id } })}
      filters={<FilterChip label="State" options={STATE_OPTIONS} value={state} onChange={set} />}
      empty={state ? <NothingFits onClear={() => set(undefined)} /> : <NoSchedules />}
    />
  );
}

function NoSchedules() {
  const body = {
    name: 'Weekly summary',
    when: { every: 'weekly', weekday: 1, at: '08:00' },
    inUserZone: true,
    audience: { topic: 'news' },
    target: { kind: 'notification', notification: { title: 'Your week' } },
  };
  const snippets = useSnippets({
    path: '/v1/schedules',
    body,
    sdk: `schedules.create(${JSON.stringify(body, null, 2)})`,
  });
  return (
    <Empty
      icon={CalendarClock}
      title="Nothing is scheduled"
      action={<NewSchedule label="Make the first" />}
      snippets={snippets}
    >
      A schedule sends later, once or again and again: by one clock, or at eight in the morning wherever each user
      lives.
    </Empty>
  );
}
