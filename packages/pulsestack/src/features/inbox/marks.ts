import { InboxFilter, type InboxItem, type InboxMark, type MarkResult, streams, UserId } from '@pulsestack/core';
import { z } from 'zod';
import { actingUser, type Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { type Announcement, announce } from '../../kernel/event.ts';
import { enqueue, job } from '../../kernel/job.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { inboxChanged, notificationActed, receiptsCounted, receiptUpdated } from './events.ts';
import { ownOf, toItem, toReceiptUpdate } from './items.ts';
import { toStoreFilter } from './reading.ts';
import type { UserChange } from './rules.ts';
import type { ChangedRow } from './store/change.ts';
import { readOwn } from './store/counts.ts';
import { findItem } from './store/feed.ts';
import { lockReader, type Marking, markFitting, markNamed, restore, takeUndo, wake } from './store/marks.ts';

/** So many items one transaction changes; a job goes on with the rest. */
const MARK_PAGE = 10_000;
/** So many items are told one by one; beyond, tabs read the page again. */
const TOLD_ITEMS = 100;
/** So many statistics one internal fact carries. */
const COUNTED_ITEMS = 1000;
const WAKE_PAGE = 500;
const UNDO_MS = 60 * 60 * 1000;
const MAX_SNOOZE_MS = 366 * 24 * 60 * 60 * 1000;

/** Marks one item of the caller's own inbox; an item that is not there is 404. */
export async function markOne(ctx: Context, id: string, change: UserChange, until?: Date): Promise<MarkResult> {
  if (until && (until.getTime() <= ctx.clock.nowMs() || until.getTime() > ctx.clock.nowMs() + MAX_SNOOZE_MS)) {
    throw fail('request.invalid', 'Snooze until an instant in the future, at most a year ahead.', {
      fields: [{ in: 'body', field: '/until', message: 'must be in the future, at most a year ahead' }],
    });
  }
  const marking = await begin(ctx, change, until);
  const changed = marking ? await markNamed(ctx.tx, marking, [id]) : [];
  if (changed.length === 0 && !(await findItem(ctx.tx, ctx.workspaceId, actingUser(ctx), id)))
    throw notFound('notification');
  return conclude(ctx, changed, marking?.undoId);
}

/** Marks named items; those that are not in the inbox are left out. */
export async function markSeveral(ctx: Context, ids: readonly string[], change: InboxMark): Promise<MarkResult> {
  const marking = await begin(ctx, change);
  return conclude(ctx, marking ? await markNamed(ctx.tx, marking, ids) : [], marking?.undoId);
}

/** Marks everything that fits a filter, the newest first. */
export async function markAll(ctx: Context, filter: InboxFilter, change: InboxMark): Promise<MarkResult> {
  const marking = await begin(ctx, change);
  const state = filter.state ?? (change === 'unarchive' ? 'archived' : 'active');
  const changed = marking ? await markFitting(ctx.tx, marking, toStoreFilter({ ...filter, state }), MARK_PAGE) : [];
  if (changed.length >= MARK_PAGE) {
    // What arrives from now on was not on the screen of whoever pressed the button.
    const to = filter.to ?? new Date(ctx.clock.nowMs() + 1).toISOString();
    await enqueue(ctx, markMore, { userId: actingUser(ctx), change, filter: { ...filter, state, to } });
  }
  return conclude(ctx, changed, marking?.undoId);
}

/** Goes on with a mark-all, a page per transaction. */
export const markMore = job({
  name: 'inbox.markMore',
  data: z.object({
    userId: UserId,
    change: z.enum(['seen', 'read', 'unread', 'archive', 'unarchive', 'delete']),
    filter: InboxFilter,
  }),
  async run(ctx, data) {
    const joinedAfter = await lockReader(ctx.tx, ctx.workspaceId, data.userId);
    if (joinedAfter === undefined) return;
    const { workspaceId } = ctx;
    const marking = {
      workspaceId,
      userId: data.userId,
      joinedAfter,
      change: data.change,
      now: ctx.clock.now(),
      undoId: ctx.newId('undo'),
    };
    const changed = await markFitting(ctx.tx, marking, toStoreFilter({ state: 'active', ...data.filter }), MARK_PAGE);
    await announceChanges(ctx, workspaceId, changed);
    if (changed.length >= MARK_PAGE) return { again: { data, afterMs: 0 } };
  },
});

/** Takes a change back, once and within the hour. */
export async function undo(ctx: Context, id: string): Promise<MarkResult> {
  const user = actingUser(ctx);
  const notBefore = new Date(ctx.clock.nowMs() - UNDO_MS);
  await lockReader(ctx.tx, ctx.workspaceId, user);
  const note = await takeUndo(ctx.tx, ctx.workspaceId, user, id, notBefore);
  if (!note) throw notFound('change to take back; it was taken back already, or is older than an hour');
  return conclude(ctx, await restore(ctx.tx, ctx.workspaceId, user, note.mark, note.before));
}

/** Records the press of an action once and marks the item read. */
export async function act(
  ctx: Context,
  id: string,
  actionId: string,
  result: z.infer<ReturnType<typeof z.json>> | undefined,
): Promise<InboxItem> {
  const user = actingUser(ctx);
  const marking = await begin(ctx, 'read');
  const before = await findItem(ctx.tx, ctx.workspaceId, user, id);
  if (!marking || !before) throw notFound('notification');
  if (!before.content.actions.some((action) => action.id === actionId)) throw notFound('action');
  if (before.action && before.action.id !== actionId) {
    throw fail('resource.conflict', `The action "${before.action.id}" has been taken already.`);
  }
  if (before.action) return toItem(before);
  const action = { id: actionId, at: ctx.clock.now().toISOString(), result: result ?? null };
  await announceChanges(ctx, ctx.workspaceId, await markNamed(ctx.tx, marking, [id], action));
  await announce(
    ctx,
    ctx.tx,
    ctx.workspaceId,
    [{ event: notificationActed, data: { id, userId: user, action }, stream: null }],
    ctx.requestId,
  );
  const after = await findItem(ctx.tx, ctx.workspaceId, user, id);
  if (!after) throw notFound('notification');
  return toItem(after);
}

/** Wakes what was snoozed until now; true when more is waiting. */
export async function wakeDue(runtime: Runtime): Promise<boolean> {
  return runtime.db.inSystem(async (tx) => {
    const changed = await wake(tx, runtime.clock.now(), WAKE_PAGE);
    for (const [workspaceId, rows] of groupBy(changed, (row) => row.workspace_id))
      await announceChanges({ ...runtime, tx, requestId: '' }, workspaceId, rows);
    return changed.length === WAKE_PAGE;
  });
}

/** Undo handles expire after so long. */
export function undoHorizon(runtime: Runtime): Date {
  return new Date(runtime.clock.nowMs() - UNDO_MS);
}

async function begin(ctx: Context, change: UserChange, until?: Date): Promise<Marking | undefined> {
  const userId = actingUser(ctx);
  const joinedAfter = await lockReader(ctx.tx, ctx.workspaceId, userId);
  if (joinedAfter === undefined) return undefined;
  return {
    workspaceId: ctx.workspaceId,
    userId,
    joinedAfter,
    change,
    now: ctx.clock.now(),
    until,
    undoId: ctx.newId('undo'),
  };
}

async function conclude(ctx: Context, changed: readonly ChangedRow[], undoId?: string): Promise<MarkResult> {
  await announceChanges(ctx, ctx.workspaceId, changed);
  const [first] = changed;
  return {
    changed: changed.length,
    undo: first && undoId ? undoId : null,
    own: first ? ownOf(first) : await readOwn(ctx.tx, ctx.workspaceId, actingUser(ctx)),
  };
}

/** Tells the open tabs of each user, and the statistics. Nothing changed, nothing said. */
async function announceChanges(
  ctx: Runtime & Pick<Context, 'tx' | 'requestId'>,
  workspaceId: string,
  changed: readonly ChangedRow[],
): Promise<void> {
  const facts: Announcement[] = [];
  for (const [user, rows] of groupBy(changed, (row) => row.user_id)) {
    const own = ownOf(rows[0] as ChangedRow);
    facts.push(
      rows.length <= TOLD_ITEMS
        ? { event: receiptUpdated, data: { items: rows.map(toReceiptUpdate), own }, stream: streams.user(user) }
        : { event: inboxChanged, data: { changed: rows.length, own }, stream: streams.user(user) },
    );
  }
  const deltas = changed
    .filter((row) => row.seen_delta !== 0 || row.read_delta !== 0)
    .map((row) => ({ id: row.notification_id, seen: row.seen_delta, read: row.read_delta }));
  for (let start = 0; start < deltas.length; start += COUNTED_ITEMS) {
    facts.push({ event: receiptsCounted, data: { deltas: deltas.slice(start, start + COUNTED_ITEMS) }, stream: null });
  }
  await announce(ctx, ctx.tx, workspaceId, facts, ctx.requestId);
}

function groupBy(rows: readonly ChangedRow[], keyOf: (row: ChangedRow) => string): Map<string, ChangedRow[]> {
  const groups = new Map<string, ChangedRow[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}
