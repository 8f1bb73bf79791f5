import { fail } from './errors.ts';
import { type Part, sql } from './sql.ts';
import type { Transaction } from './tenancy.ts';

/**
 * Stops whoever would make one more than a workspace may have of what stands in a table. Waits for others who are making one,
 * so that the limit holds.
 */
export async function refuseBeyond(
  tx: Transaction,
  workspaceId: string,
  limit: { table: Part; most: number; what: string },
): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`${limit.what} ${workspaceId}`}, 0))`);
  const { full } = await tx.get<{ full: boolean }>(
    sql`select count(*) >= ${limit.most}::int as full from ${limit.table} where workspace_id = ${workspaceId}`,
  );
  if (full) throw fail('resource.limit', `A workspace has at most ${limit.most} ${limit.what}; delete some first.`);
}
