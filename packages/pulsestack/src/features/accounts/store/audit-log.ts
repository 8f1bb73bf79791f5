import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface AuditRow {
  id: string;
  at: Date;
  action: string;
  actor_kind: 'member' | 'key' | 'user' | 'system';
  actor_id: string;
  actor_name: string | null;
  target: string | null;
  detail: Record<string, never>;
  ip: string | null;
  request_id: string;
}

export interface AuditFilter {
  action: string | null;
  actor: string | null;
  target: string | null;
  from: string | null;
  to: string | null;
}

/** The newest first, from before the line of the cursor. */
export function listAudit(
  tx: Transaction,
  workspaceId: string,
  filter: AuditFilter,
  before: { at: string; id: string } | null,
  limit: number,
): Promise<AuditRow[]> {
  // The first condition on the instant alone lets whole partitions be left out.
  return tx.rows(sql`
    select id, at, action, actor_kind, actor_id, actor_name, target, detail, ip, request_id
    from audit_log
    where workspace_id = ${workspaceId}
      and (${before?.at ?? null}::timestamptz is null or at <= ${before?.at ?? null}::timestamptz)
      and (${before?.at ?? null}::timestamptz is null or (at, id) < (${before?.at ?? null}::timestamptz, ${before?.id ?? null}))
      and (${filter.from}::timestamptz is null or at >= ${filter.from}::timestamptz)
      and (${filter.to}::timestamptz is null or at < ${filter.to}::timestamptz)
      and (${filter.action}::text is null or action = ${filter.action})
      and (${filter.actor}::text is null or actor_id = ${filter.actor})
      and (${filter.target}::text is null or target = ${filter.target})
    order by at desc, id desc
    limit ${limit}`);
}
