import type { EventRefusal, EventSource, EventSourceInput, EventSourceUpdate } from '@pulsestack/core';
import { type Context, demand } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { refuseBeyond } from '../../kernel/limits.ts';
import { part } from '../../kernel/sql.ts';
import { consumers, groupOf } from './consumers.ts';
import { mayUse, topicsOf } from './rules.ts';
import * as store from './store/sources.ts';

const MAX_SOURCES = 50;

/** Listens to a topic from now on. Whoever does so sends events, and needs the permission for that. */
export async function createSource(ctx: Context, input: EventSourceInput): Promise<EventSource> {
  demand(ctx, 'events.create');
  checkTopic(ctx, input.topic);
  await refuseBeyond(ctx.tx, ctx.workspaceId, { table: part`event_sources`, most: MAX_SOURCES, what: 'event sources' });
  const { startAt, ...fields } = input;
  const row = await store.insertSource(
    ctx.tx,
    ctx.workspaceId,
    { ...fields, id: ctx.newId('eventSource'), start_at: startAt },
    ctx.clock.now(),
  );
  tellChanged(ctx);
  return toSource(row);
}

export async function updateSource(ctx: Context, id: string, update: EventSourceUpdate): Promise<EventSource> {
  demand(ctx, 'events.create');
  const before = await store.lockSource(ctx.tx, ctx.workspaceId, id);
  if (!before) throw notFound('event source');
  const row = await store.writeSource(
    ctx.tx,
    ctx.workspaceId,
    {
      id,
      name: update.name ?? before.name,
      mapping: update.mapping === undefined ? before.mapping : update.mapping,
      active: update.active ?? before.active,
    },
    // Listeners know by this that something has changed, so it never stands still.
    new Date(Math.max(ctx.clock.nowMs(), before.updated_at.getTime() + 1)),
  );
  tellChanged(ctx);
  return toSource(row);
}

export async function deleteSource(ctx: Context, id: string): Promise<void> {
  if (!(await store.deleteSource(ctx.tx, ctx.workspaceId, id))) throw notFound('event source');
  tellChanged(ctx);
}

export async function getSource(ctx: Context, id: string): Promise<EventSource> {
  const row = await store.findSource(ctx.tx, ctx.workspaceId, id);
  if (!row) throw notFound('event source');
  return toSource(row);
}

/** Stops when the operator does not let this workspace use the topic. */
export function checkTopic(ctx: Context, topic: string): void {
  if (mayUse(ctx.workspaceId, topic, ctx.settings.bus)) return;
  const allowed = topicsOf(ctx.workspaceId, ctx.settings.bus.allowedTopics).join(', ');
  throw fail('request.invalid', `This workspace may use the topics ${allowed}; the operator decides which.`, {
    fields: [{ in: 'body', field: '/topic', message: `must be one of ${allowed}` }],
  });
}

function tellChanged(ctx: Context): void {
  ctx.tx.afterCommit(() => consumers.of(ctx).tell());
}

export function toSource(row: store.SourceRow): EventSource {
  return {
    id: row.id,
    name: row.name,
    topic: row.topic,
    group: groupOf(row),
    startAt: row.start_at,
    mapping: row.mapping,
    active: row.active,
    received: row.received,
    refused: row.refused,
    lag: row.lag,
    lastAt: row.last_at?.toISOString() ?? null,
    lastError: row.last_error,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export function toRefusal({ refused_at, ...row }: store.RefusalRow): EventRefusal {
  return { ...row, refusedAt: refused_at.toISOString() };
}
