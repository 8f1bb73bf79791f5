import type { Audience, Schedule, ScheduleFire, ScheduleInput } from '@pulsestack/core';
import { sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

export interface ScheduleRow {
  id: string;
  name: string;
  input: ScheduleInput;
  time_zone: string;
  state: Schedule['state'];
  swept_until: Date;
  next_fire_at: Date | null;
  last_fire_at: Date | null;
  anchor: Date;
  created_at: Date;
  updated_at: Date;
}

export function insertSchedule(
  tx: Transaction,
  workspaceId: string,
  row: Omit<ScheduleRow, 'last_fire_at' | 'state'>,
): Promise<ScheduleRow> {
  return tx.get(sql`
    insert into schedules (workspace_id, id, name, input, time_zone, swept_until, next_fire_at, anchor, created_at, updated_at)
    values (${workspaceId}, ${row.id}, ${row.name}, ${JSON.stringify(row.input)}, ${row.time_zone}, ${row.swept_until},
            ${row.next_fire_at}, ${row.anchor}, ${row.created_at}, ${row.updated_at})
    returning *`);
}

export function findSchedule(tx: Transaction, workspaceId: string, id: string): Promise<ScheduleRow | undefined> {
  return tx.find(sql`select * from schedules where workspace_id = ${workspaceId} and id = ${id}`);
}

/** Waits for whoever is just firing it. */
export function lockSchedule(tx: Transaction, workspaceId: string, id: string): Promise<ScheduleRow | undefined> {
  return tx.find(sql`select * from schedules where workspace_id = ${workspaceId} and id = ${id} for update`);
}

export function listSchedules(
  tx: Transaction,
  workspaceId: string,
  options: { state: Schedule['state'] | null; before: string | null; limit: number },
): Promise<ScheduleRow[]> {
  return tx.rows(sql`
    select * from schedules
    where workspace_id = ${workspaceId}
      and (${options.before}::text is null or id < ${options.before})
      and (${options.state}::text is null or state = ${options.state})
    order by id desc
    limit ${options.limit}`);
}

export function writeSchedule(
  tx: Transaction,
  workspaceId: string,
  row: Pick<
    ScheduleRow,
    | 'id'
    | 'name'
    | 'input'
    | 'time_zone'
    | 'state'
    | 'swept_until'
    | 'next_fire_at'
    | 'last_fire_at'
    | 'anchor'
    | 'updated_at'
  >,
): Promise<ScheduleRow> {
  return tx.get(sql`
    update schedules
    set name = ${row.name}, input = ${JSON.stringify(row.input)}, time_zone = ${row.time_zone}, state = ${row.state},
        swept_until = ${row.swept_until}, next_fire_at = ${row.next_fire_at}, last_fire_at = ${row.last_fire_at},
        anchor = ${row.anchor}, updated_at = ${row.updated_at}
    where workspace_id = ${workspaceId} and id = ${row.id}
    returning *`);
}

export interface DueSchedule {
  workspace_id: string;
  id: string;
}

export function listDue(tx: Transaction, now: Date, limit: number): Promise<DueSchedule[]> {
  return tx.rows(sql`
    select workspace_id, id from schedules
    where state = 'active' and next_fire_at <= ${now}
    order by next_fire_at
    limit ${limit}`);
}

/** The schedule, locked, when it is still due and nobody else is at it. */
export function lockDue(tx: Transaction, workspaceId: string, id: string, now: Date): Promise<ScheduleRow | undefined> {
  return tx.find(sql`
    select * from schedules
    where workspace_id = ${workspaceId} and id = ${id} and state = 'active' and next_fire_at <= ${now}
    for update skip locked`);
}

export async function postpone(tx: Transaction, workspaceId: string, id: string, until: Date): Promise<void> {
  await tx.run(
    sql`update schedules set next_fire_at = ${until} where workspace_id = ${workspaceId} and id = ${id} and state = 'active'`,
  );
}

export interface Claim {
  fireAt: Date;
  zone: string;
  state: ScheduleFire['state'];
  covers: number;
}

/** Claims a fire; false when it was claimed before. */
export async function claimFire(
  tx: Transaction,
  workspaceId: string,
  scheduleId: string,
  claim: Claim,
  now: Date,
): Promise<boolean> {
  const claimed = await tx.run(sql`
    insert into schedule_fires (workspace_id, schedule_id, fire_at, time_zone, state, covers, fired_at)
    values (${workspaceId}, ${scheduleId}, ${claim.fireAt}, ${claim.zone}, ${claim.state}, ${claim.covers}, ${now})
    on conflict do nothing`);
  return claimed === 1;
}

/** How a fire went; recipients add up over the pages of a large audience. */
export async function noteFire(
  tx: Transaction,
  workspaceId: string,
  scheduleId: string,
  fire: { fireAt: Date; zone: string },
  outcome: { state: ScheduleFire['state']; recipients: number | null; error?: string },
): Promise<void> {
  await tx.run(sql`
    update schedule_fires
    set state = ${outcome.state}, recipients = coalesce(recipients + ${outcome.recipients}, ${outcome.recipients}), error = ${outcome.error ?? null}
    where workspace_id = ${workspaceId} and schedule_id = ${scheduleId} and fire_at = ${fire.fireAt} and time_zone = ${fire.zone}`);
}

export interface FireRow {
  fire_at: Date;
  time_zone: string;
  state: ScheduleFire['state'];
  covers: number;
  recipients: number | null;
  error: string | null;
  fired_at: Date;
}

export function listFires(
  tx: Transaction,
  workspaceId: string,
  scheduleId: string,
  options: { before: { fireAt: string; zone: string } | null; limit: number },
): Promise<FireRow[]> {
  const { before } = options;
  return tx.rows(sql`
    select fire_at, time_zone, state, covers, recipients, error, fired_at
    from schedule_fires
    where workspace_id = ${workspaceId} and schedule_id = ${scheduleId}
      and (${before?.fireAt ?? null}::timestamptz is null or (fire_at, time_zone) < (${before?.fireAt ?? null}::timestamptz, ${before?.zone ?? ''}))
    order by fire_at desc, time_zone desc
    limit ${options.limit}`);
}

/** The zones in which users live; one step of the index for each zone, however many users there are. */
export async function zonesOfUsers(tx: Transaction, workspaceId: string): Promise<string[]> {
  const rows = await tx.rows<{ zone: string }>(sql`
    with recursive zones as (
      (select time_zone as zone from users where workspace_id = ${workspaceId} and time_zone is not null order by time_zone limit 1)
      union all
      select (select time_zone from users where workspace_id = ${workspaceId} and time_zone > zones.zone order by time_zone limit 1)
      from zones where zones.zone is not null
    )
    select zone from zones where zone is not null`);
  return rows.map((row) => row.zone);
}

/** The next users of an audience, in the order of their ids; with a zone, those who live in it. */
export async function pageOfUsers(
  tx: Transaction,
  workspaceId: string,
  audience: Audience,
  options: { zone: string | null; orWithout: boolean; after: string; limit: number },
): Promise<string[]> {
  const users = 'users' in audience ? audience.users : null;
  const topic = 'topic' in audience ? audience.topic : null;
  const except = 'topic' in audience ? (audience.except ?? []) : [];
  const rows = await tx.rows<{ id: string }>(sql`
    select u.id from users u
    where u.workspace_id = ${workspaceId} and u.id > ${options.after}
      and (${options.zone}::text is null or u.time_zone = ${options.zone} or (${options.orWithout}::boolean and u.time_zone is null))
      and (${users}::text[] is null or u.id = any(${users}::text[]))
      and (${topic}::text is null or exists (
        select from topic_subscriptions s
        where s.workspace_id = ${workspaceId} and s.topic = ${topic} and s.user_id = u.id))
      and u.id <> all(${except}::text[])
    order by u.id
    limit ${options.limit}`);
  return rows.map((row) => row.id);
}

/** Notes that these users are reached, and returns those who were not within the gap before. */
export async function claimUsers(
  tx: Transaction,
  workspaceId: string,
  scheduleId: string,
  users: readonly string[],
  fireAt: Date,
  notSince: Date,
): Promise<string[]> {
  const rows = await tx.rows<{ user_id: string }>(sql`
    insert into schedule_receipts as r (workspace_id, schedule_id, user_id, fire_at)
    select ${workspaceId}, ${scheduleId}, id, ${fireAt} from unnest(${users}::text[]) as asked (id)
    order by id
    on conflict (workspace_id, schedule_id, user_id) do update set fire_at = excluded.fire_at
    where r.fire_at <= ${notSince}
    returning user_id`);
  return rows.map((row) => row.user_id).sort();
}

const FORGET_AT_ONCE = 5000;

/** Forgets fires that are older than what is kept. Returns true when more are waiting. */
export async function forgetFires(tx: Transaction, before: Date): Promise<boolean> {
  const gone = await tx.run(sql`
    delete from schedule_fires where (workspace_id, schedule_id, fire_at, time_zone) in (
      select workspace_id, schedule_id, fire_at, time_zone from schedule_fires where fired_at < ${before}
      order by fired_at limit ${FORGET_AT_ONCE} for update skip locked)`);
  return gone === FORGET_AT_ONCE;
}
