import type { EventType, EventTypeInput, EventTypeVersion } from '@pulsestack/core';
import { compareEvents, type DeclaredEvent, type JsonSchema } from 'pushstream/catalogue';
import { actorOf } from '../../kernel/audit.ts';
import type { Context } from '../../kernel/context.ts';
import { fail } from '../../kernel/errors.ts';
import { compileSchema, problemsOfSchema } from '../../kernel/json-schema.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import * as store from './store.ts';

const MAX_EVENT_TYPES = 2000;

/** An event that does not fit what its workspace has declared. */
interface Misfit {
  /** Which of the events that were asked about. */
  position: number;
  path: string;
  message: string;
}

/** Judges events by the catalogue of the workspace. What is not declared passes: a catalogue is a promise, not a fence. */
export async function checkEvents(
  tx: Transaction,
  workspaceId: string,
  events: readonly { name: string; data: unknown }[],
): Promise<Misfit[]> {
  const names = [...new Set(events.map((event) => event.name))];
  const schemas = new Map((await store.schemasOf(tx, workspaceId, names)).map((row) => [row.name, row.schema]));
  const misfits: Misfit[] = [];
  for (const [position, event] of events.entries()) {
    const schema = schemas.get(event.name);
    const misfit = schema && compileSchema(schema).misfit(event.data);
    if (misfit) misfits.push({ position, ...misfit });
  }
  return misfits;
}

/** Declares an event or changes its declaration. A change that readers may stumble over must be meant. */
export async function declare(
  ctx: Context,
  name: string,
  { allowBreaking, ...input }: EventTypeInput,
): Promise<store.EventTypeRow> {
  const problems = problemsOfSchema(input.schema, '/schema');
  if (problems.length > 0) throw fail('request.invalid', undefined, { fields: problems });
  const before = await store.lockEventType(ctx.tx, ctx.workspaceId, name);
  if (!before && (await store.countEventTypes(ctx.tx, ctx.workspaceId)) >= MAX_EVENT_TYPES)
    throw fail('resource.limit', `A workspace may declare ${MAX_EVENT_TYPES} events.`);
  const changes = before ? compareEvents([asDeclared(before)], [asDeclared({ name, ...input })]) : [];
  const breaking = changes.filter((change) => change.breaking);
  if (breaking.length > 0 && !allowBreaking) {
    throw fail(
      'catalog.breaking',
      'Readers of this event may stumble over the change; send allowBreaking if it is meant.',
      {
        fields: breaking.map(({ path, sentence }) => ({ in: 'body', field: `/schema${path}`, message: sentence })),
      },
    );
  }
  const now = ctx.clock.now();
  const isSame = before !== undefined && changes.length === 0;
  const version = isSame ? before.version : (before?.version ?? 0) + 1;
  const saved = await store.saveEventType(ctx.tx, ctx.workspaceId, {
    name,
    version,
    summary: input.summary,
    tags: input.tags,
    deprecated: input.deprecated ?? null,
    schema: input.schema as store.EventTypeRow['schema'],
    created_at: now,
    updated_at: now,
  });
  if (!isSame) {
    const { kind, id } = actorOf(ctx);
    await store.insertVersion(ctx.tx, ctx.workspaceId, name, {
      version,
      schema: saved.schema,
      changes: changes.map(({ path, breaking, sentence }) => ({ path, breaking, sentence })),
      created_at: now,
      created_by: `${kind}:${id}`,
    });
  }
  return saved;
}

export function asDeclared(row: {
  name: string;
  summary: string;
  tags: string[];
  deprecated?: string | null | undefined;
  schema: JsonSchema;
}): DeclaredEvent {
  return {
    name: row.name,
    summary: row.summary,
    tags: row.tags,
    deprecated: row.deprecated ?? null,
    schema: row.schema,
  };
}

export function toEventType(row: store.EventTypeRow): EventType {
  return {
    name: row.name,
    version: row.version,
    summary: row.summary,
    tags: row.tags,
    deprecated: row.deprecated,
    schema: row.schema,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export function toVersion(row: store.VersionRow): EventTypeVersion {
  return {
    version: row.version,
    schema: row.schema,
    changes: row.changes,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
  };
}
