import {
  type Counts,
  type InboxFilter as FilterInput,
  type InboxItem,
  type InboxPage,
  type InboxQuery,
  type InboxState,
  type Priority,
} from '@pulsestack/core';
import { actingUser, type Context } from '../../kernel/context.ts';
import { formatCursor } from '../../kernel/cursor.ts';
import { notFound } from '../../kernel/errors.ts';
import { decodeCursor, encodeCursor, toPage } from '../../kernel/pagination.ts';
import { upsertUsers } from '../audience/index.ts';
import { type ItemRow, priorityNumber, toItem } from './items.ts';
import { type CountRow, readCounts } from './store/counts.ts';
import { findItem, findReader, type InboxFilter, type Place, type Reader, readPage, searchPage } from './store/feed.ts';

/** One page of the caller's own inbox, the newest first. */
export async function inboxPage(ctx: Context, query: InboxQuery): Promise<InboxPage> {
  const user = actingUser(ctx);
  const reader = await knownReader(ctx, user);
  const filter = toStoreFilter(query);
  const before = query.cursor === undefined ? undefined : readPlace(query.cursor);
  const limit = query.limit + 1;
  const rows =
    query.q === undefined
      ? await readPage(ctx.tx, ctx.workspaceId, user, reader, filter, before, limit)
      : await searchPage(ctx.tx, ctx.workspaceId, user, query.q, filter, before, limit);
  const page = toPage(rows, query.limit, toItem, (row: ItemRow) =>
    encodeCursor('inbox', [row.feed_at.toISOString(), row.id]),
  );
  return { ...page, cursor: formatCursor(reader.epoch, reader.head) };
}

function readPlace(cursor: string): Place {
  const [at, id] = decodeCursor('inbox', cursor, ['instant', 'string']);
  return { at: new Date(String(at)), id: String(id) };
}

export async function inboxItem(ctx: Context, id: string): Promise<InboxItem> {
  const row = await findItem(ctx.tx, ctx.workspaceId, actingUser(ctx), id);
  if (!row) throw notFound('notification');
  return toItem(row);
}

/** All counts of the caller's own inbox, of one moment. */
export async function inboxCounts(ctx: Context): Promise<Counts> {
  const user = actingUser(ctx);
  let rows = await readCounts(ctx.tx, ctx.workspaceId, user);
  if (rows[0]?.joined_after == null) {
    await introduce(ctx, user);
    rows = await readCounts(ctx.tx, ctx.workspaceId, user);
  }
  return toCounts(rows);
}

function toCounts(rows: readonly CountRow[]): Counts {
  const all = rows.find((row) => row.category === '');
  if (!all) throw new Error('the counts of an inbox hold the sum of all categories');
  const total = (row: CountRow) => ({
    unread: row.unread + row.live - row.handled,
    unseen: row.unseen + row.live - row.handled,
  });
  return {
    ...total(all),
    categories: Object.fromEntries(rows.filter((row) => row.category !== '').map((row) => [row.category, total(row)])),
    own: { unread: all.unread, unseen: all.unseen, handled: all.handled, version: all.version },
    broadcasts: all.live,
    joinedAfter: all.joined_after ?? 0,
    lastBroadcast: all.last_broadcast,
    cursor: formatCursor(all.epoch, all.head),
  };
}

async function knownReader(ctx: Context, user: string): Promise<Reader> {
  const reader = await findReader(ctx.tx, ctx.workspaceId, user);
  if (reader.joined_after !== null) return reader;
  await introduce(ctx, user);
  return findReader(ctx.tx, ctx.workspaceId, user);
}

/** Whoever opens an inbox for the first time becomes a user: broadcasts reach them from this moment. */
async function introduce(ctx: Context, id: string): Promise<void> {
  const { principal } = ctx;
  await upsertUsers(
    ctx.tx,
    ctx.workspaceId,
    [principal.kind === 'member' ? { id, name: principal.name } : { id }],
    ctx.clock.now(),
  );
}

/** The filter of a request in terms of the tables. */
export function toStoreFilter(filter: FilterInput & { state: InboxState }): InboxFilter {
  const priorities = toList(filter.priority);
  return {
    state: filter.state,
    categories: toList(filter.category),
    types: toList(filter.type),
    priorities: priorities && priorities.map((priority: Priority) => priorityNumber(priority)),
    from: filter.from === undefined ? null : new Date(filter.from),
    to: filter.to === undefined ? null : new Date(filter.to),
  };
}

export function toList<T extends string>(value: T | T[] | undefined): T[] | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value : [value];
}
