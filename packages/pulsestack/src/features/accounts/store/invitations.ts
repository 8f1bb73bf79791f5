import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface InvitationRow {
  workspace_id: string;
  id: string;
  email: string;
  role: string;
  invited_by: string | null;
  created_at: Date;
  expires_at: Date;
}

/** Inviting an address again replaces the invitation and its link. */
export function putInvitation(
  tx: Transaction,
  invitation: {
    workspaceId: string;
    id: string;
    email: string;
    role: string;
    digest: Buffer;
    invitedBy: string | null;
    createdAt: Date;
    expiresAt: Date;
  },
): Promise<InvitationRow> {
  return tx.get(sql`
    insert into invitations (workspace_id, id, email, role, digest, invited_by, created_at, expires_at)
    values (${invitation.workspaceId}, ${invitation.id}, ${invitation.email}, ${invitation.role}, ${invitation.digest},
            ${invitation.invitedBy}, ${invitation.createdAt}, ${invitation.expiresAt})
    on conflict (workspace_id, email) do update
      set id = excluded.id, role = excluded.role, digest = excluded.digest, invited_by = excluded.invited_by,
          created_at = excluded.created_at, expires_at = excluded.expires_at
    returning workspace_id, id, email, role, invited_by, created_at, expires_at`);
}

/** The newest first, from before the invitation of the cursor. */
export function listInvitations(
  tx: Transaction,
  workspaceId: string,
  before: string | null,
  limit: number,
): Promise<InvitationRow[]> {
  return tx.rows(sql`
    select workspace_id, id, email, role, invited_by, created_at, expires_at
    from invitations
    where workspace_id = ${workspaceId} and (${before}::text is null or id < ${before})
    order by id desc
    limit ${limit}`);
}

export async function countInvitations(tx: Transaction, workspaceId: string): Promise<number> {
  const row = await tx.get<{ open: number }>(
    sql`select count(*)::int as open from invitations where workspace_id = ${workspaceId}`,
  );
  return row.open;
}

export async function deleteInvitation(tx: Transaction, workspaceId: string, id: string): Promise<boolean> {
  return (await tx.run(sql`delete from invitations where workspace_id = ${workspaceId} and id = ${id}`)) === 1;
}

/** What an invitation says, while it holds and its workspace lives. */
export function findInvitation(
  tx: Transaction,
  digests: Buffer[],
  now: Date,
): Promise<(InvitationRow & { workspace_name: string; role_name: string | null; has_account: boolean }) | undefined> {
  return tx.find(sql`
    select i.workspace_id, i.id, i.email, i.role, i.invited_by, i.created_at, i.expires_at, w.name as workspace_name, r.name as role_name,
           exists (select from accounts a where a.email = i.email) as has_account
    from invitations i
    join workspaces w on w.workspace_id = i.workspace_id and w.deleted_at is null
    left join roles r on r.workspace_id = i.workspace_id and r.id = i.role
    where i.digest = any(${digests}::bytea[]) and i.expires_at > ${now}`);
}

/** Takes an invitation: of two attempts at once one gets it. */
export function takeInvitation(tx: Transaction, digests: Buffer[], now: Date): Promise<InvitationRow | undefined> {
  return tx.find(sql`
    delete from invitations i
    using workspaces w
    where i.digest = any(${digests}::bytea[]) and i.expires_at > ${now}
      and w.workspace_id = i.workspace_id and w.deleted_at is null
    returning i.workspace_id, i.id, i.email, i.role, i.invited_by, i.created_at, i.expires_at`);
}
