import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface SessionRow {
  id: string;
  account_id: string;
  workspace_id: string;
  member_id: string;
  salt: Buffer;
  generation: number;
  rotated_at: Date;
  ip: string | null;
  user_agent: string | null;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
}

export async function insertSession(
  tx: Transaction,
  session: {
    id: string;
    accountId: string;
    workspaceId: string;
    memberId: string;
    salt: Buffer;
    ip: string | null;
    userAgent: string | null;
    now: Date;
    expiresAt: Date;
  },
): Promise<void> {
  await tx.run(sql`
    insert into sessions (id, account_id, workspace_id, member_id, salt, rotated_at, ip, user_agent, created_at, last_used_at, expires_at)
    values (${session.id}, ${session.accountId}, ${session.workspaceId}, ${session.memberId}, ${session.salt}, ${session.now}, ${session.ip},
            ${session.userAgent}, ${session.now}, ${session.now}, ${session.expiresAt})`);
}

export function findSession(tx: Transaction, id: string): Promise<SessionRow | undefined> {
  return tx.find(sql`
    select id, account_id, workspace_id, member_id, salt, generation, rotated_at, ip, user_agent, created_at, last_used_at, expires_at, revoked_at
    from sessions
    where id = ${id}
    for update`);
}

/** Moves to the next refresh token, and with it to the workspace the session is used in. */
export async function rotateSession(
  tx: Transaction,
  session: { id: string; generation: number; workspaceId: string; memberId: string; now: Date; expiresAt: Date },
): Promise<void> {
  await tx.run(sql`
    update sessions
    set generation = ${session.generation}, workspace_id = ${session.workspaceId}, member_id = ${session.memberId},
        rotated_at = ${session.now}, last_used_at = ${session.now}, expires_at = ${session.expiresAt}
    where id = ${session.id}`);
}

/** The sessions of an account that still run, the latest used first. */
export function listSessions(tx: Transaction, accountId: string, now: Date): Promise<SessionRow[]> {
  return tx.rows(sql`
    select id, account_id, workspace_id, member_id, salt, generation, rotated_at, ip, user_agent, created_at, last_used_at, expires_at, revoked_at
    from sessions
    where account_id = ${accountId} and revoked_at is null and expires_at > ${now}
    order by last_used_at desc, id desc
    limit 200`);
}

/** Ends the sessions of an account: one, all but one, or all. Returns the ids of those that ended now. */
export async function revokeSessions(
  tx: Transaction,
  of: { accountId: string; only?: string; except?: string; now: Date },
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    update sessions set revoked_at = ${of.now}
    where account_id = ${of.accountId} and revoked_at is null
      and (${of.only ?? null}::text is null or id = ${of.only ?? null})
      and (${of.except ?? null}::text is null or id <> ${of.except ?? null})
    returning id`);
  return rows.map((row) => row.id);
}

/** The workspaces a session of this account may be used in. */
export async function listWorkspacesOf(tx: Transaction, accountId: string): Promise<string[]> {
  const rows = await tx.rows<{ workspace_id: string }>(
    sql`select workspace_id from members where account_id = ${accountId}`,
  );
  return rows.map((row) => row.workspace_id);
}
