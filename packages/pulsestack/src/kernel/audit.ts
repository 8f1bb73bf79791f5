import type { Context } from './context.ts';
import { sql } from './sql.ts';

/** Writes one line of the audit log in the transaction of the change. */
export async function audit(
  ctx: Context,
  entry: { action: string; target: string | null; detail: Record<string, unknown>; workspaceId?: string },
): Promise<void> {
  const actor = actorOf(ctx);
  const workspaceId = entry.workspaceId ?? ctx.workspaceId;
  if (!workspaceId) return;
  await ctx.tx.run(sql`
    insert into audit_log (workspace_id, id, at, action, actor_kind, actor_id, actor_name, target, detail, ip, request_id)
    values (${workspaceId}, ${ctx.newId('audit')}, ${ctx.clock.now()}, ${entry.action}, ${actor.kind}, ${actor.id}, ${actor.name},
            ${entry.target}, ${JSON.stringify(entry.detail)}, ${ctx.ip}, ${ctx.requestId})`);
}

/** Who did it, in the words of the audit log. */
export function actorOf(ctx: Context): { kind: 'member' | 'key' | 'user' | 'system'; id: string; name: string | null } {
  const { principal } = ctx;
  if (principal.kind === 'anonymous') return { kind: 'system', id: 'anonymous', name: null };
  if (principal.kind === 'user') return { kind: 'user', id: principal.id, name: null };
  return { kind: principal.kind, id: principal.id, name: principal.name };
}
