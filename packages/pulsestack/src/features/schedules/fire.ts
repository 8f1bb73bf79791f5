import type { ScheduleTarget } from '@pulsestack/core';
import { ScheduleId } from '@pulsestack/core';
import { z } from 'zod';
import type { Context } from '../../kernel/context.ts';
import { ProductError } from '../../kernel/errors.ts';
import { enqueue, job } from '../../kernel/job.ts';
import { publishIn } from '../inbox/index.ts';
import { trigger } from '../workflows/index.ts';
import { gapMs, nextAnywhere, nextOf, planFires, policyOf, timingOf } from './rules.ts';
import * as store from './store.ts';

const PAGE = 1000;

/** A fire under way. */
interface Fire {
  fireAt: Date;
  zone: string;
}

/**
 * Does whatever of a schedule is due. Claim, work and the new state of the schedule are one transaction: a crash leaves
 * either all of it or nothing, and then it is still due.
 */
export async function fireDue(ctx: Context, id: string): Promise<void> {
  const { tx, workspaceId } = ctx;
  const now = ctx.clock.now();
  const row = await store.lockDue(tx, workspaceId, id, now);
  if (!row) return;
  const { input } = row;
  const timing = timingOf(input, row.anchor);
  const zones = input.inUserZone ? await zonesOf(ctx, row) : [row.time_zone];
  let last = row.last_fire_at;
  for (const zone of zones) {
    for (const planned of planFires(timing, zone, { after: row.swept_until, now }, policyOf(input))) {
      const fire = { fireAt: planned.fireAt, zone };
      const state = planned.act ? 'claimed' : 'skipped';
      if (!(await store.claimFire(tx, workspaceId, id, { ...fire, state, covers: planned.covers }, now))) continue;
      if (!planned.act) continue;
      if (!last || fire.fireAt > last) last = fire.fireAt;
      await begin(ctx, row, fire);
    }
  }
  const next = input.inUserZone ? nextAnywhere(timing, now) : nextOf(timing, row.time_zone, now);
  await store.writeSchedule(tx, workspaceId, {
    ...row,
    state: next ? 'active' : 'done',
    swept_until: now,
    next_fire_at: next,
    last_fire_at: last,
    updated_at: now,
  });
}

/** The zones of those it is for. Who has none goes by that of the schedule. */
async function zonesOf(ctx: Context, row: store.ScheduleRow): Promise<string[]> {
  return [...new Set([row.time_zone, ...(await store.zonesOfUsers(ctx.tx, ctx.workspaceId))])];
}

async function begin(ctx: Context, row: store.ScheduleRow, fire: Fire): Promise<void> {
  const { input } = row;
  const paged =
    input.inUserZone || (input.target.kind === 'workflow' && 'topic' in input.audience && input.audience.except);
  if (paged) {
    await enqueue(ctx, deliverPage, {
      scheduleId: row.id,
      fireAt: fire.fireAt.toISOString(),
      zone: fire.zone,
      after: '',
    });
    return;
  }
  await perform(ctx, row, fire, input.audience, '');
}

/** A page of users per transaction: after a crash it goes on behind the last page that was committed. */
export const deliverPage = job({
  name: 'schedules.deliver',
  data: z.object({ scheduleId: ScheduleId, fireAt: z.string(), zone: z.string(), after: z.string() }),
  async run(ctx, { scheduleId, fireAt, zone, after }) {
    const { tx, workspaceId } = ctx;
    const row = await store.findSchedule(tx, workspaceId, scheduleId);
    if (!row || row.state === 'cancelled') return;
    const { input } = row;
    const fire = { fireAt: new Date(fireAt), zone };
    const users = await store.pageOfUsers(tx, workspaceId, input.audience, {
      zone: input.inUserZone ? zone : null,
      orWithout: zone === row.time_zone,
      after,
      limit: PAGE,
    });
    const reached = input.inUserZone ? await unreached(ctx, row, fire, users) : users;
    if (reached.length > 0) await perform(ctx, row, fire, { users: reached }, after);
    else await store.noteFire(tx, workspaceId, scheduleId, fire, { state: 'fired', recipients: 0 });
    const last = users.at(-1);
    if (users.length === PAGE && last !== undefined)
      return { again: { data: { scheduleId, fireAt, zone, after: last }, afterMs: 0 } };
  },
});

/** Who has not had this already, by the clock of another zone. */
function unreached(ctx: Context, row: store.ScheduleRow, fire: Fire, users: readonly string[]): Promise<string[]> {
  const gap = gapMs(timingOf(row.input, row.anchor), fire.zone, fire.fireAt);
  const notSince = new Date(Number.isFinite(gap) ? fire.fireAt.getTime() - gap : 0);
  return store.claimUsers(ctx.tx, ctx.workspaceId, row.id, users, fire.fireAt, notSince);
}

type To = store.ScheduleRow['input']['audience'];

/** Starts the workflow or publishes the notification. A refusal is the outcome of this fire and stops no other. */
async function perform(ctx: Context, row: store.ScheduleRow, fire: Fire, to: To, part: string): Promise<void> {
  const { tx, workspaceId } = ctx;
  const recipients = 'users' in to ? to.users.length : null;
  try {
    await reach(ctx, row, row.input.target, to, `schedule ${row.id} ${fire.fireAt.toISOString()} ${fire.zone} ${part}`);
    await store.noteFire(tx, workspaceId, row.id, fire, { state: 'fired', recipients });
  } catch (error) {
    if (!(error instanceof ProductError) || error.status >= 500) throw error;
    await store.noteFire(tx, workspaceId, row.id, fire, { state: 'failed', recipients: null, error: error.message });
  }
}

async function reach(
  ctx: Context,
  row: store.ScheduleRow,
  target: ScheduleTarget,
  to: To,
  transactionId: string,
): Promise<void> {
  if (target.kind === 'notification') {
    await publishIn(ctx, { ...target.notification, audience: to }, { id: row.id, name: row.name });
    return;
  }
  await trigger(
    ctx,
    {
      workflow: target.workflow,
      to: 'users' in to ? to.users : 'topic' in to ? { topic: to.topic } : to,
      payload: target.payload,
      transactionId: transactionId.slice(0, 255),
    },
    { source: 'schedule' },
  );
}
