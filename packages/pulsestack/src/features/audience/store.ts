import type { UserInput } from '@pulsestack/core';
import { sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

export interface UserRow {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  avatar_url: string | null;
  locale: string | null;
  time_zone: string | null;
  attributes: Record<string, never>;
  joined_after: number;
  created_at: Date;
  updated_at: Date;
}

export interface TopicRow {
  key: string;
  name: string | null;
  subscribers: number;
  created_at: Date;
}

export interface SubscriptionRow {
  user_id: string;
  created_at: Date;
}

/** Writes users as they are described; what a description leaves out stays. The ids must be distinct. */
export function upsertUsers(
  tx: Transaction,
  workspaceId: string,
  users: readonly ({ id: string } & UserInput)[],
  now: Date,
): Promise<(UserRow & { created: boolean })[]> {
  return tx.rows(sql`
    with head as (select coalesce(max(seq), 0) as seq from broadcast_heads where workspace_id = ${workspaceId}),
    given as (select value as said, value ->> 'id' as id from jsonb_array_elements(${JSON.stringify(users)}::jsonb))
    insert into users as u (workspace_id, id, name, email, phone, avatar_url, locale, time_zone, attributes, joined_after, created_at, updated_at)
    select ${workspaceId}, id, said ->> 'name', said ->> 'email', said ->> 'phone', said ->> 'avatarUrl', said ->> 'locale',
           said ->> 'timeZone', coalesce(said -> 'attributes', '{}'), head.seq, ${now}, ${now}
    from given, head
    order by id
    on conflict (workspace_id, id) do update set
      (name, email, phone, avatar_url, locale, time_zone, attributes, updated_at) = (
        select case when said ? 'name' then excluded.name else u.name end,
               case when said ? 'email' then excluded.email else u.email end,
               case when said ? 'phone' then excluded.phone else u.phone end,
               case when said ? 'avatarUrl' then excluded.avatar_url else u.avatar_url end,
               case when said ? 'locale' then excluded.locale else u.locale end,
               case when said ? 'timeZone' then excluded.time_zone else u.time_zone end,
               case when said ? 'attributes' then excluded.attributes else u.attributes end,
               excluded.updated_at
        from given where given.id = excluded.id)
    returning u.*, xmax = 0 as created`);
}

/** Makes users of ids that are not known yet. */
export async function addMissingUsers(
  tx: Transaction,
  workspaceId: string,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  await tx.run(sql`
    insert into users (workspace_id, id, joined_after, created_at, updated_at)
    select ${workspaceId}, id, coalesce((select seq from broadcast_heads where workspace_id = ${workspaceId}), 0), ${now}, ${now}
    from (select distinct unnest(${ids}::text[]) as id) as asked
    order by id
    on conflict do nothing`);
}

export function findUser(tx: Transaction, workspaceId: string, id: string): Promise<UserRow | undefined> {
  return tx.find(sql`select * from users where workspace_id = ${workspaceId} and id = ${id}`);
}

/** The users of these ids that exist. */
export function findUsers(tx: Transaction, workspaceId: string, ids: readonly string[]): Promise<UserRow[]> {
  return tx.rows(sql`select * from users where workspace_id = ${workspaceId} and id = any(${ids}::text[])`);
}

/** Ids of users in their order, page by page. */
export async function userIdsAfter(
  tx: Transaction,
  workspaceId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select id from users where workspace_id = ${workspaceId} and id > ${after} order by id limit ${limit}`);
  return rows.map((row) => row.id);
}

/** Users in the order of their ids; `prefix` begins the id, the name or the e-mail address. */
export function listUsers(
  tx: Transaction,
  workspaceId: string,
  options: { prefix: string | undefined; after: string; limit: number },
): Promise<UserRow[]> {
  const pattern = options.prefix === undefined ? null : `${options.prefix.replace(/[\\%_]/g, '\\$&')}%`;
  return tx.rows(sql`
    select * from users
    where workspace_id = ${workspaceId} and id > ${options.after}
      and (${pattern}::text is null or id like ${pattern} or name ilike ${pattern} or email ilike ${pattern})
    order by id
    limit ${options.limit}`);
}

/** Forgets a user and the subscriptions; the inbox forgets its part by a trigger of its own. */
export async function deleteUser(tx: Transaction, workspaceId: string, id: string): Promise<boolean> {
  await tx.run(sql`
    with gone as (
      delete from topic_subscriptions where workspace_id = ${workspaceId} and user_id = ${id} returning topic
    ), counted as (
      select t.key from topics t join gone on gone.topic = t.key where t.workspace_id = ${workspaceId} order by t.key for update of t
    )
    update topics t set subscribers = subscribers - 1 from counted where t.workspace_id = ${workspaceId} and t.key = counted.key`);
  return (await tx.run(sql`delete from users where workspace_id = ${workspaceId} and id = ${id}`)) === 1;
}

export function putTopic(
  tx: Transaction,
  workspaceId: string,
  key: string,
  name: string | null | undefined,
  now: Date,
): Promise<TopicRow> {
  return tx.get(sql`
    insert into topics as t (workspace_id, key, name, created_at) values (${workspaceId}, ${key}, ${name ?? null}, ${now})
    on conflict (workspace_id, key) do update set name = case when ${name !== undefined}::boolean then excluded.name else t.name end
    returning key, name, subscribers, created_at`);
}

export function findTopic(tx: Transaction, workspaceId: string, key: string): Promise<TopicRow | undefined> {
  return tx.find(
    sql`select key, name, subscribers, created_at from topics where workspace_id = ${workspaceId} and key = ${key}`,
  );
}

export function listTopics(
  tx: Transaction,
  workspaceId: string,
  options: { after: string; limit: number },
): Promise<TopicRow[]> {
  return tx.rows(sql`
    select key, name, subscribers, created_at from topics
    where workspace_id = ${workspaceId} and key > ${options.after}
    order by key
    limit ${options.limit}`);
}

export function topicsOfUser(
  tx: Transaction,
  workspaceId: string,
  userId: string,
  options: { after: string; limit: number },
): Promise<TopicRow[]> {
  return tx.rows(sql`
    select t.key, t.name, t.subscribers, t.created_at
    from topic_subscriptions s join topics t on t.workspace_id = s.workspace_id and t.key = s.topic
    where s.workspace_id = ${workspaceId} and s.user_id = ${userId} and s.topic > ${options.after}
    order by s.topic
    limit ${options.limit}`);
}

export async function deleteTopic(tx: Transaction, workspaceId: string, key: string): Promise<boolean> {
  return (await tx.run(sql`delete from topics where workspace_id = ${workspaceId} and key = ${key}`)) === 1;
}

/** Subscribes users; returns how many were not subscribed before. The topic's row is locked first, so its counter stays exact. */
export async function subscribe(
  tx: Transaction,
  workspaceId: string,
  topic: string,
  users: readonly string[],
  now: Date,
): Promise<number> {
  await putTopic(tx, workspaceId, topic, undefined, now);
  await addMissingUsers(tx, workspaceId, users, now);
  const { added } = await tx.get<{ added: number }>(sql`
    with fresh as (
      insert into topic_subscriptions (workspace_id, topic, user_id, created_at)
      select ${workspaceId}, ${topic}, id, ${now} from (select distinct unnest(${users}::text[]) as id) as asked
      order by id
      on conflict do nothing
      returning user_id
    ), counted as (
      update topics set subscribers = subscribers + (select count(*) from fresh)
      where workspace_id = ${workspaceId} and key = ${topic}
    )
    select count(*) as added from fresh`);
  return added;
}

/** Unsubscribes users; returns how many were subscribed, or undefined when there is no such topic. */
/** Which of these topics a user is subscribed to. */
export async function topicsSubscribed(
  tx: Transaction,
  workspaceId: string,
  userId: string,
  topics: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ topic: string }>(sql`
    select topic
    from topic_subscriptions
    where workspace_id = ${workspaceId} and user_id = ${userId} and topic = any (${topics}::text[])`);
  return rows.map((row) => row.topic);
}

export async function unsubscribe(
  tx: Transaction,
  workspaceId: string,
  topic: string,
  users: readonly string[],
): Promise<number | undefined> {
  const locked = await tx.find(
    sql`select key from topics where workspace_id = ${workspaceId} and key = ${topic} for update`,
  );
  if (!locked) return undefined;
  const { removed } = await tx.get<{ removed: number }>(sql`
    with gone as (
      delete from topic_subscriptions where workspace_id = ${workspaceId} and topic = ${topic} and user_id = any(${users}::text[])
      returning user_id
    ), counted as (
      update topics set subscribers = subscribers - (select count(*) from gone)
      where workspace_id = ${workspaceId} and key = ${topic}
    )
    select count(*) as removed from gone`);
  return removed;
}

export function listSubscribers(
  tx: Transaction,
  workspaceId: string,
  topic: string,
  options: { after: string; limit: number },
): Promise<SubscriptionRow[]> {
  return tx.rows(sql`
    select user_id, created_at from topic_subscriptions
    where workspace_id = ${workspaceId} and topic = ${topic} and user_id > ${options.after}
    order by user_id
    limit ${options.limit}`);
}

/** How many of these are subscribed. */
export async function countSubscribed(
  tx: Transaction,
  workspaceId: string,
  topic: string,
  users: readonly string[],
): Promise<number> {
  const { subscribed } = await tx.get<{ subscribed: number }>(sql`
    select count(*) as subscribed from topic_subscriptions
    where workspace_id = ${workspaceId} and topic = ${topic} and user_id = any(${users}::text[])`);
  return subscribed;
}

/** How many users had joined before the broadcast of that number; without a number, all of them. */
export async function countUsers(tx: Transaction, workspaceId: string, before?: number): Promise<number> {
  const { users } = await tx.get<{ users: number }>(sql`
    select coalesce(sum(users), 0)::int as users from user_cohorts
    where workspace_id = ${workspaceId} and (${before ?? null}::bigint is null or joined_after < ${before ?? null}::bigint)`);
  return users;
}
