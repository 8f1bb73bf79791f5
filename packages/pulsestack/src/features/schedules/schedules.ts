import type { Schedule, ScheduleFire, ScheduleInput } from '@pulsestack/core';
import { type Context, demand } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { checkCron } from '../../kernel/time/index.ts';
import { loadPreferences } from '../preferences/index.ts';
import { nextAnywhere, nextOf, type Timing, timingOf } from './rules.ts';
import * as store from './store.ts';

/** Makes a schedule; one that would never fire is refused. */
export async function createSchedule(ctx: Context, input: ScheduleInput): Promise<Schedule> {
  const now = ctx.clock.now();
  const zone = await checkInput(ctx, input);
  const row = await store.insertSchedule(ctx.tx, ctx.workspaceId, {
    id: ctx.newId('schedule'),
    name: input.name,
    input,
    time_zone: zone,
    swept_until: now,
    next_fire_at: firstFire(input, zone, now, now),
    anchor: anchorOf(input, now),
    created_at: now,
    updated_at: now,
  });
  return toSchedule(row);
}

/** Replaces a schedule. What it has fired stays fired; what it fires next goes by the new description. */
export async function replaceSchedule(ctx: Context, id: string, input: ScheduleInput): Promise<Schedule> {
  const now = ctx.clock.now();
  const before = await getLocked(ctx, id);
  if (before.state === 'cancelled') throw fail('resource.conflict', 'The schedule is cancelled; make a new one.');
  const zone = await checkInput(ctx, input);
  const same = JSON.stringify(before.input.when) === JSON.stringify(input.when);
  const anchor = same ? before.anchor : anchorOf(input, now);
  const next = firstFire(input, zone, now, anchor);
  const row = await store.writeSchedule(ctx.tx, ctx.workspaceId, {
    ...before,
    name: input.name,
    input,
    time_zone: zone,
    state: before.state === 'paused' ? 'paused' : 'active',
    swept_until: now,
    next_fire_at: next,
    anchor,
    updated_at: now,
  });
  return toSchedule(row);
}

/** Stops it for a while or for good, or lets it go on. What would have fired during a pause is not made up for. */
export async function setState(ctx: Context, id: string, state: 'active' | 'paused' | 'cancelled'): Promise<Schedule> {
  const now = ctx.clock.now();
  const before = await getLocked(ctx, id);
  if (before.state === state) return toSchedule(before);
  if (before.state === 'cancelled' || (before.state === 'done' && state !== 'cancelled'))
    throw fail('resource.conflict', `The schedule is ${before.state}.`);
  const timing = timingOf(before.input, before.anchor);
  const next = state === 'active' ? nextIn(timing, before, now) : null;
  const row = await store.writeSchedule(ctx.tx, ctx.workspaceId, {
    ...before,
    state: state === 'active' && !next ? 'done' : state,
    swept_until: now,
    next_fire_at: next,
    updated_at: now,
  });
  return toSchedule(row);
}

export async function getSchedule(ctx: Context, id: string): Promise<store.ScheduleRow> {
  const row = await store.findSchedule(ctx.tx, ctx.workspaceId, id);
  if (!row) throw notFound('schedule');
  return row;
}

/** The next fires as they stand, in the zone of a user when it goes by those. */
export async function upcoming(
  ctx: Context,
  id: string,
  options: { count: number; userId?: string | undefined },
): Promise<{ at: Date; zone: string }[]> {
  const row = await getSchedule(ctx, id);
  if (row.state !== 'active') return [];
  const zone = row.input.inUserZone && options.userId ? await zoneOfUser(ctx, options.userId, row) : row.time_zone;
  const timing = timingOf(row.input, row.anchor);
  const fires: { at: Date; zone: string }[] = [];
  for (
    let at = nextOf(timing, zone, ctx.clock.now());
    at && fires.length < options.count;
    at = nextOf(timing, zone, at)
  )
    fires.push({ at, zone });
  return fires;
}

async function zoneOfUser(ctx: Context, userId: string, row: store.ScheduleRow): Promise<string> {
  const user = (await loadPreferences(ctx.tx, ctx.workspaceId, [userId])).get(userId);
  if (!user?.known) throw notFound('user');
  return user.ownTimeZone ?? row.time_zone;
}

async function getLocked(ctx: Context, id: string): Promise<store.ScheduleRow> {
  const row = await store.lockSchedule(ctx.tx, ctx.workspaceId, id);
  if (!row) throw notFound('schedule');
  return row;
}

/** Whoever makes a schedule must be allowed what it will do. Returns the zone of its clock. */
async function checkInput(ctx: Context, input: ScheduleInput): Promise<string> {
  demand(ctx, input.target.kind === 'workflow' ? 'events.create' : 'notifications.create');
  if ('everyone' in input.audience) demand(ctx, 'notifications.broadcast');
  if (input.inUserZone && input.when.every === 'interval')
    throw fail(
      'schedule.invalid',
      'An interval goes by real time, which is the same in every zone; leave out inUserZone.',
    );
  if (input.when.every === 'cron') checkCron(input.when.cron, ctx.clock.now());
  if (input.timeZone !== undefined) return input.timeZone;
  const wanted = await loadPreferences(ctx.tx, ctx.workspaceId, ['']);
  return wanted.get('')?.timeZone ?? 'UTC';
}

function anchorOf(input: ScheduleInput, now: Date): Date {
  return input.startsAt === undefined ? now : new Date(input.startsAt);
}

function firstFire(input: ScheduleInput, zone: string, now: Date, anchor: Date): Date {
  const next = nextIn(timingOf(input, anchor), { input, time_zone: zone }, now);
  if (!next) throw fail('schedule.invalid', 'The schedule never fires: its time is over, or its end comes before it.');
  return next;
}

function nextIn(
  timing: Timing,
  { input, time_zone }: Pick<store.ScheduleRow, 'input' | 'time_zone'>,
  now: Date,
): Date | null {
  return input.inUserZone ? nextAnywhere(timing, now) : nextOf(timing, time_zone, now);
}

export function toSchedule(row: store.ScheduleRow): Schedule {
  return {
    ...row.input,
    id: row.id,
    timeZone: row.time_zone,
    startsAt: row.input.startsAt ?? null,
    endsAt: row.input.endsAt ?? null,
    state: row.state,
    nextFireAt: row.state === 'active' ? (row.next_fire_at?.toISOString() ?? null) : null,
    lastFireAt: row.last_fire_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export function toFire(row: store.FireRow): ScheduleFire {
  return {
    fireAt: row.fire_at.toISOString(),
    timeZone: row.time_zone,
    state: row.state,
    covers: row.covers,
    recipients: row.recipients,
    error: row.error,
    firedAt: row.fired_at.toISOString(),
  };
}
