import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { Slice } from '../caps.ts';

export interface UsageKey {
  cap: string;
  subject: string;
}

/**
 * The rows of these counters, made where they are missing and locked until the transaction ends. The order of the locks is
 * the same for everybody, so two workers wait for each other and never in a circle.
 */
export async function lockUsage(
  tx: Transaction,
  workspaceId: string,
  keys: readonly UsageKey[],
  now: Date,
): Promise<(UsageKey & { slices: Slice[] })[]> {
  const caps = keys.map((key) => key.cap);
  const subjects = keys.map((key) => key.subject);
  await tx.run(sql`
    insert into cap_usage (workspace_id, cap, subject, stale_at)
    select ${workspaceId}, cap, subject, ${now} from unnest(${caps}::text[], ${subjects}::text[]) as asked (cap, subject)
    order by cap, subject
    on conflict do nothing`);
  return tx.rows(sql`
    select cap, subject, slices
    from cap_usage
    where workspace_id = ${workspaceId}
      and (cap, subject) in (select * from unnest(${caps}::text[], ${subjects}::text[]))
    order by cap, subject
    for update`);
}

export async function writeUsage(
  tx: Transaction,
  workspaceId: string,
  rows: readonly (UsageKey & { slices: Slice[]; staleAt: Date })[],
): Promise<void> {
  await tx.run(sql`
    update cap_usage u
    set slices = given.slices, stale_at = given.stale_at
    from unnest(${rows.map((row) => row.cap)}::text[], ${rows.map((row) => row.subject)}::text[],
                ${rows.map((row) => JSON.stringify(row.slices))}::jsonb[], ${rows.map((row) => row.staleAt)}::timestamptz[])
         as given (cap, subject, slices, stale_at)
    where u.workspace_id = ${workspaceId} and u.cap = given.cap and u.subject = given.subject`);
}

const FORGET_AT_ONCE = 5000;

/** Forgets counters in which nothing counts any more. Returns true when more are waiting. */
export async function forgetStale(tx: Transaction, before: Date): Promise<boolean> {
  const gone = await tx.run(sql`
    delete from cap_usage where (workspace_id, cap, subject) in (
      select workspace_id, cap, subject from cap_usage where stale_at < ${before}
      order by stale_at limit ${FORGET_AT_ONCE} for update skip locked)`);
  return gone === FORGET_AT_ONCE;
}
