import type { Attempt } from '@pulsestack/core';
import { jsonText } from '../../../kernel/json-text.ts';
import { type Part, part, sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { MessageRow } from './messages.ts';

/** A message that this process may hand over, until its lease ends. */
export interface Claimed extends MessageRow {
  tries: number;
  /** Another process held it and never said what became of it. */
  abandoned: boolean;
}

/**
 * Claims what is due. Workspaces take turns: each gets its share of a batch, in the order of importance and age, so a small
 * one does not wait behind another's backlog. What a dead process held is due again when its lease has ended. Rows are taken
 * by their places and looked up one by one: a plan made for a small table must not read a long queue as a whole.
 */
export function claimDue(
  tx: Transaction,
  claim: { lease: string; now: Date; leasedUntil: Date; limit: number; except: readonly string[] },
): Promise<Claimed[]> {
  return tx.rows(sql`
    with recursive busy (workspace_id) as (
      (select workspace_id from deliveries where kind = 'send' order by workspace_id limit 1)
      union all
      select (select d.workspace_id from deliveries d where d.kind = 'send' and d.workspace_id > busy.workspace_id order by d.workspace_id limit 1)
      from busy
      where busy.workspace_id is not null
    ),
    turns as materialized (
      select workspace_id from busy
      where workspace_id is not null and not (workspace_id = any(${claim.except}::text[]))
      order by random()
      limit ${claim.limit}
    ),
    due as materialized (
      select found.place, found.message_id, found.lease
      from turns
      cross join lateral (
        select d.place, d.message_id, d.lease
        from generate_series(0, 3) as ranks (rank)
        cross join lateral (
          select d.ctid as place, d.message_id, d.lease
          from deliveries d
          where d.kind = 'send' and d.workspace_id = turns.workspace_id and d.rank = ranks.rank and d.due_at <= ${claim.now}
          order by d.due_at
          limit (select greatest(1, ${claim.limit}::int / count(*)) from turns)
          for update skip locked
        ) as d
        order by ranks.rank
        limit (select greatest(1, ${claim.limit}::int / count(*)) from turns)
      ) as found
    ),
    leased as (
      update deliveries d
      set lease = ${claim.lease}, due_at = ${claim.leasedUntil}
      where d.ctid = any (array(select place from due))
      returning d.workspace_id, d.message_id, d.created_at, d.rank, d.tries
    )
    select m.*, l.tries, l.message_id in (select message_id from due where lease is not null) as abandoned
    from leased l
    cross join lateral (
      select m.* from messages m
      where m.workspace_id = l.workspace_id and m.id = l.message_id and m.created_at = l.created_at
      limit 1
    ) m
    order by l.rank`);
}

/** One message that is held, and the claim it is held by. */
export interface HeldRef {
  workspace_id: string;
  message_id: string;
  lease: string;
}

/** Names one claim of one message: the same message may be held by an old claim that was lost, and by a new one. */
export function claimKey({ message_id, lease }: Pick<HeldRef, 'message_id' | 'lease'>): string {
  return `${message_id} ${lease}`;
}

/** Keeps what is still being worked on; returns the claims, by `claimKey`, that nobody else has taken meanwhile. */
export async function extendLeases(tx: Transaction, held: readonly HeldRef[], until: Date): Promise<Set<string>> {
  const rows = await tx.rows<{ message_id: string; lease: string }>(sql`
    update deliveries d set due_at = ${until}
    from ${these(held)}
    where d.workspace_id = h.workspace_id and d.message_id = h.message_id and d.lease = h.lease
    returning d.message_id, d.lease`);
  return new Set(rows.map(claimKey));
}

/** Gives messages back that nobody has been asked to take. */
export async function giveBack(tx: Transaction, held: readonly HeldRef[], dueAt: Date): Promise<void> {
  await tx.run(sql`
    update deliveries d set due_at = ${dueAt}, lease = null
    from ${these(held)}
    where d.workspace_id = h.workspace_id and d.message_id = h.message_id and d.lease = h.lease`);
}

/** Makes due what any lease holds, for a database that one process has at a time; whoever held it never said what became of it. */
export async function freeAbandoned(tx: Transaction, now: Date): Promise<void> {
  await tx.run(sql`update deliveries set due_at = ${now} where kind = 'send' and lease is not null`);
}

function these(held: readonly HeldRef[]): Part {
  return part`unnest(${held.map((one) => one.workspace_id)}::text[], ${held.map((one) => one.message_id)}::text[], ${held.map((one) => one.lease)}::text[])
    as h (workspace_id, message_id, lease)`;
}

/** What became of one claimed message. */
export interface Result {
  workspace_id: string;
  message_id: string;
  created_at: Date;
  /** The claim it was held by. */
  lease: string;
  /** Null: it goes back into the queue until `due_at`. */
  state: 'sent' | 'delivered' | 'failed' | 'expired' | 'skipped' | null;
  reason: string | null;
  sentence: string | null;
  provider: string | null;
  provider_ref: string | null;
  due_at: Date | null;
  at: Date;
  tries: number;
  attempts: {
    id: string;
    number: number;
    provider: string;
    at: Date;
    duration_ms: number;
    outcome: Attempt['outcome'];
    status: number | null;
    detail: string | null;
    provider_ref: string | null;
  }[];
}

/**
 * Writes results and their attempts; returns the claims, by `claimKey`, that still held. Where another claim has the message by
 * now, its result counts, and of this one only the attempts are kept.
 */
export async function recordResults(tx: Transaction, results: readonly Result[]): Promise<Set<string>> {
  const recorded = new Set((await recordOnce(tx, results)).map(claimKey));
  const missing = results.filter((result) => !recorded.has(claimKey(result)));
  if (missing.length === 0) return recorded;
  // A row whose lease was being extended is locked by now, but at a place that the statement could not see yet.
  for (const row of await recordOnce(tx, missing)) recorded.add(claimKey(row));
  return recorded;
}

function recordOnce(tx: Transaction, results: readonly Result[]): Promise<{ message_id: string; lease: string }[]> {
  return tx.rows(sql`
    with given as materialized (
      select * from json_to_recordset(${jsonText(results)}::json) as r (
        workspace_id text, message_id text, created_at timestamptz, lease text, state text, reason text, sentence text, provider text,
        provider_ref text, due_at timestamptz, at timestamptz, tries int, attempts json)
    ),
    logged as (
      insert into attempts (workspace_id, message_id, created_at, id, number, provider, at, duration_ms, outcome, status, detail, provider_ref)
      select g.workspace_id, g.message_id, g.created_at, a.id, a.number, a.provider, a.at, a.duration_ms, a.outcome, a.status, a.detail, a.provider_ref
      from given g
      cross join lateral (
        select 1 as one from messages m
        where m.workspace_id = g.workspace_id and m.id = g.message_id and m.created_at = g.created_at
        limit 1
      ) known
      cross join lateral json_to_recordset(g.attempts) as a (
        id text, number int, provider text, at timestamptz, duration_ms int, outcome text, status int, detail text, provider_ref text)
      on conflict do nothing
    ),
    ours as materialized (
      select d.place, g.message_id, g.lease, g.state, g.due_at, g.tries
      from given g
      cross join lateral (
        select d.ctid as place from deliveries d
        where d.workspace_id = g.workspace_id and d.message_id = g.message_id and d.lease = g.lease
        limit 1
        for update
      ) d
    ),
    ended as (
      delete from deliveries where ctid = any (array(select place from ours where state is not null)) returning message_id, lease
    ),
    put_back as (
      update deliveries d
      set lease = null, due_at = o.due_at, tries = o.tries
      from ours o
      where d.ctid = any (array(select place from ours where state is null)) and d.message_id = o.message_id
      returning d.message_id, o.lease
    ),
    held as (
      select message_id, lease from ended union all select message_id, lease from put_back
    )
    update messages m
    set state = coalesce(g.state, m.state), reason = g.reason, sentence = g.sentence, provider = coalesce(g.provider, m.provider),
        provider_ref = coalesce(g.provider_ref, m.provider_ref), due_at = g.due_at,
        attempts = m.attempts + json_array_length(g.attempts),
        sent_at = case when g.state in ('sent', 'delivered') then g.at else m.sent_at end,
        delivered_at = case when g.state = 'delivered' then g.at else m.delivered_at end
    from given g
    where m.workspace_id = g.workspace_id and m.id = g.message_id and m.created_at = g.created_at
      and (g.message_id, g.lease) in (select message_id, lease from held)
    returning m.id as message_id, g.lease`);
}
