import type { EventSink, EventSinkInput, EventSinkUpdate } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { notFound } from '../../kernel/errors.ts';
import { refuseBeyond } from '../../kernel/limits.ts';
import { part } from '../../kernel/sql.ts';
import { checkTopic } from './sources.ts';
import * as store from './store/sinks.ts';

const MAX_SINKS = 50;

/** Forwards events to a topic from now on. */
export async function createSink(ctx: Context, input: EventSinkInput): Promise<EventSink> {
  checkTopic(ctx, input.topic);
  await refuseBeyond(ctx.tx, ctx.workspaceId, { table: part`event_sinks`, most: MAX_SINKS, what: 'event sinks' });
  const id = ctx.newId('eventSink');
  await store.insertSink(ctx.tx, ctx.workspaceId, { ...input, id }, ctx.clock.now());
  return getSink(ctx, id);
}

/** Changes a sink. One that was paused goes on where it stopped. */
export async function updateSink(ctx: Context, id: string, update: EventSinkUpdate): Promise<EventSink> {
  const before = await findSink(ctx, id);
  await store.writeSink(
    ctx.tx,
    ctx.workspaceId,
    {
      id,
      name: update.name ?? before.name,
      events: update.events ?? before.events,
      active: update.active ?? before.active,
    },
    ctx.clock.now(),
  );
  return getSink(ctx, id);
}

export async function deleteSink(ctx: Context, id: string): Promise<void> {
  if (!(await store.deleteSink(ctx.tx, ctx.workspaceId, id))) throw notFound('event sink');
}

export async function getSink(ctx: Context, id: string): Promise<EventSink> {
  return toSink(await findSink(ctx, id));
}

async function findSink(ctx: Context, id: string): Promise<store.SinkRow> {
  const [row] = await store.listSinks(ctx.tx, ctx.workspaceId, { id, after: '', limit: 1 });
  if (!row) throw notFound('event sink');
  return row;
}

export function toSink(row: store.SinkRow): EventSink {
  return {
    id: row.id,
    name: row.name,
    topic: row.topic,
    events: row.events,
    active: row.active,
    sent: row.sent,
    lag: row.lag,
    lastAt: row.last_at?.toISOString() ?? null,
    lastError: row.last_error,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
