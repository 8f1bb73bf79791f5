import { type Topic, type User, UserInput } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import * as store from './store.ts';

export interface ImportResult {
  id: string;
  status: 'created' | 'updated' | 'failed';
  error?: string;
}

/** Writes many users; one that is wrong, or named a second time, fails alone. The results are in the order given. */
export async function importUsers(ctx: Context, entries: readonly { id: string }[]): Promise<ImportResult[]> {
  const accepted = new Map<string, { id: string } & UserInput>();
  const refused = new Map<number, string>();
  for (const [position, { id, ...fields }] of entries.entries()) {
    const parsed = UserInput.safeParse(fields);
    if (!parsed.success)
      refused.set(
        position,
        parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trim()).join('; '),
      );
    else if (accepted.has(id)) refused.set(position, 'the id appears twice in this request');
    else accepted.set(id, { ...parsed.data, id });
  }
  const rows = await store.upsertUsers(ctx.tx, ctx.workspaceId, [...accepted.values()], ctx.clock.now());
  const created = new Set(rows.filter((row) => row.created).map((row) => row.id));
  return entries.map(({ id }, position) => {
    const error = refused.get(position);
    if (error !== undefined) return { id, status: 'failed', error };
    return { id, status: created.has(id) ? 'created' : 'updated' };
  });
}

export function toUser(row: store.UserRow): User {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    phone: row.phone,
    avatarUrl: row.avatar_url,
    locale: row.locale,
    timeZone: row.time_zone,
    attributes: row.attributes,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export function toTopic(row: store.TopicRow): Topic {
  return { key: row.key, name: row.name, subscribers: row.subscribers, createdAt: row.created_at.toISOString() };
}
