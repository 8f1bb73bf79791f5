import { jsonText } from '../../../kernel/json-text.ts';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

/** Merges attributes into what users have at this moment, so that two runs lose nothing of each other. One change for each user. */
export async function updateAttributes(
  tx: Transaction,
  workspaceId: string,
  changes: readonly { user: string; set: Record<string, unknown>; remove: readonly string[] }[],
  now: Date,
): Promise<void> {
  await tx.run(sql`
    update users u set attributes = (u.attributes || c.set) - c.remove, updated_at = ${now}
    from (
      select l.id, j.set, j.remove
      from json_to_recordset(${jsonText(changes)}::json) as j ("user" text, set jsonb, remove text[])
      join users l on l.workspace_id = ${workspaceId} and l.id = j."user"
      order by l.id
      for update of l
    ) c
    where u.workspace_id = ${workspaceId} and u.id = c.id`);
}
