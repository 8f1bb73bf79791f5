import type { Channel, JsonObject } from '@pulsestack/core';
import type { z } from 'zod';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface DigestItem {
  message_id: string;
  message_created_at: Date;
  user_id: string;
  channel: Channel;
  category: string;
  priority: number;
  item: z.infer<typeof JsonObject>;
  due_at: Date;
}

/**
 * Adds items to the digests of their users; a digest is opened by its first item, and closes at the earliest instant any of
 * them asks for. The row of the digest is held until the commit, so that a digest that closes has all of its items.
 */
export async function addToDigests(tx: Transaction, workspaceId: string, items: readonly DigestItem[], now: Date) {
  if (items.length === 0) return;
  const text = JSON.stringify(items);
  await tx.run(sql`
    insert into digests as d (workspace_id, user_id, channel, category, due_at, created_at)
    select ${workspaceId}, user_id, channel, category, min(due_at), ${now}
    from json_to_recordset(${text}::json) as i (user_id text, channel text, category text, due_at timestamptz)
    group by user_id, channel, category
    order by user_id, channel, category
    on conflict (workspace_id, user_id, channel, category) do update set due_at = least(d.due_at, excluded.due_at)`);
  await tx.run(sql`
    insert into digest_items (workspace_id, message_id, message_created_at, user_id, channel, category, priority, item)
    select ${workspaceId}, message_id, message_created_at, user_id, channel, category, priority, item
    from json_to_recordset(${text}::json) as i (
      message_id text, message_created_at timestamptz, user_id text, channel text, category text, priority smallint, item jsonb)
    on conflict do nothing`);
}
