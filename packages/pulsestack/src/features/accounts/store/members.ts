import { sql, unsafe } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

export interface MemberRow {
  workspace_id: string;
  id: string;
  account_id: string;
  name: string;
  email: string;
  role: string;
  custom_permissions: string[] | null;
  joined_at: Date;
}

/** A member is also a user, who receives from the next broadcast on. */
export async function insertMember(
  tx: Transaction,
  member: { workspaceId: string; id: string; accountId: string; role: string; joinedAt: Date },
): Promise<void> {
  await tx.run(sql`
    with member as (
      insert into members (workspace_id, id, account_id, name, email, role, joined_at)
      select ${member.workspaceId}, ${member.id}, id, name, email, ${member.role}, ${member.joinedAt} from accounts where id = ${member.accountId}
      returning *
    )
    insert into users (workspace_id, id, name, email, joined_after, created_at, updated_at)
    select m.workspace_id, m.id, m.name, m.email, coalesce(h.seq, 0), m.joined_at, m.joined_at
    from member m
    left join broadcast_heads h on h.workspace_id = m.workspace_id`);
}

/** Makes sure that a user is there; what is known of an existing one stays. */
export async function ensureUser(tx: Transaction, workspaceId: string, userId: string, now: Date): Promise<void> {
  await tx.run(sql`
    insert into users (workspace_id, id, joined_after, created_at, updated_at)
    select ${workspaceId}, ${userId}, seq, ${now}, ${now} from broadcast_heads where workspace_id = ${workspaceId}
    on conflict do nothing`);
}

const COLUMNS = unsafe(
  `m.workspace_id, m.id, m.account_id, m.name, m.email, m.role, r.permissions as custom_permissions, m.joined_at`,
);

export function findMember(tx: Transaction, workspaceId: string, id: string): Promise<MemberRow | undefined> {
  return tx.find(sql`
    select ${COLUMNS}
    from members m
    left join roles r on r.workspace_id = m.workspace_id and r.id = m.role
    where m.workspace_id = ${workspaceId} and m.id = ${id}`);
}

/** The address of a member who has shown that it is hers. */
export function findVerifiedAddress(
  tx: Transaction,
  workspaceId: string,
  id: string,
): Promise<{ email: string; verified: boolean } | undefined> {
  return tx.find(sql`
    select m.email, a.email_verified_at is not null as verified
    from members m join accounts a on a.id = m.account_id
    where m.workspace_id = ${workspaceId} and m.id = ${id}`);
}

export function findMemberOfAccount(
  tx: Transaction,
  workspaceId: string,
  accountId: string,
): Promise<MemberRow | undefined> {
  return tx.find(sql`
    select ${COLUMNS}
    from members m
    left join roles r on r.workspace_id = m.workspace_id and r.id = m.role
    where m.workspace_id = ${workspaceId} and m.account_id = ${accountId}`);
}

export async function hasMemberWithEmail(tx: Transaction, workspaceId: string, email: string): Promise<boolean> {
  const row = await tx.find(sql`select from members where workspace_id = ${workspaceId} and email = ${email}`);
  return row !== undefined;
}

/** In the order of joining. */
export function listMembers(
  tx: Transaction,
  workspaceId: string,
  after: { joinedAt: string; id: string } | null,
  limit: number,
): Promise<MemberRow[]> {
  return tx.rows(sql`
    select ${COLUMNS}
    from members m
    left join roles r on r.workspace_id = m.workspace_id and r.id = m.role
    where m.workspace_id = ${workspaceId}
      and (${after?.joinedAt ?? null}::timestamptz is null or (m.joined_at, m.id) > (${after?.joinedAt ?? null}::timestamptz, ${after?.id ?? null}))
    order by m.joined_at, m.id
    limit ${limit}`);
}

/** Of one account in several workspaces: the workspace and its sandbox. Returns the members changed. */
export function setRole(
  tx: Transaction,
  workspaceIds: readonly string[],
  accountId: string,
  role: string,
): Promise<{ workspace_id: string; id: string }[]> {
  return tx.rows(sql`
    update members set role = ${role}
    where workspace_id = any(${workspaceIds}::text[]) and account_id = ${accountId}
    returning workspace_id, id`);
}

export function deleteMembers(
  tx: Transaction,
  workspaceIds: readonly string[],
  accountId: string,
): Promise<{ workspace_id: string; id: string }[]> {
  return tx.rows(sql`
    delete from members
    where workspace_id = any(${workspaceIds}::text[]) and account_id = ${accountId}
    returning workspace_id, id`);
}

/** The user a member was leaves with the member, and is no longer counted as a subscriber; the inbox follows by its trigger. */
export async function forgetUser(tx: Transaction, workspaceId: string, id: string): Promise<void> {
  await tx.run(sql`
    with gone as (
      delete from topic_subscriptions where workspace_id = ${workspaceId} and user_id = ${id} returning topic
    )
    update topics t set subscribers = subscribers - 1 from gone where t.workspace_id = ${workspaceId} and t.key = gone.topic`);
  await tx.run(sql`delete from users where workspace_id = ${workspaceId} and id = ${id}`);
}

/** The members of one workspace, for its new sandbox. */
export function listAllMembers(tx: Transaction, workspaceId: string): Promise<{ account_id: string; role: string }[]> {
  return tx.rows(sql`select account_id, role from members where workspace_id = ${workspaceId} order by joined_at, id`);
}

export function listMembersWithRole(
  tx: Transaction,
  workspaceIds: readonly string[],
  role: string,
): Promise<{ workspace_id: string; id: string }[]> {
  return tx.rows(
    sql`select workspace_id, id from members where workspace_id = any(${workspaceIds}::text[]) and role = ${role}`,
  );
}
