import type { Channel, DecisionLine, JsonObject, MessageContent, ReasonCode } from '@pulsestack/core';
import type { z } from 'zod';
import { jsonText } from '../../../kernel/json-text.ts';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { StoredState } from '../events.ts';

export interface MessageRow {
  workspace_id: string;
  id: string;
  created_at: Date;
  user_id: string;
  channel: Channel;
  category: string;
  priority: number;
  critical: boolean;
  workflow: string | null;
  run_id: string | null;
  step_id: string | null;
  correlation_id: string;
  state: StoredState;
  reason: ReasonCode | null;
  sentence: string | null;
  decision: DecisionLine[];
  address: string | null;
  subject: string | null;
  content: MessageContent | null;
  item: z.infer<typeof JsonObject> | null;
  digest_id: string | null;
  is_digest: boolean;
  is_test: boolean;
  provider: string | null;
  provider_ref: string | null;
  attempts: number;
  due_at: Date | null;
  expires_at: Date | null;
  sent_at: Date | null;
  delivered_at: Date | null;
  clicked_at: Date | null;
}

/** What a new message is made of; the rest comes later. */
export type FreshMessage = Omit<
  MessageRow,
  'workspace_id' | 'provider' | 'provider_ref' | 'attempts' | 'clicked_at' | 'digest_id'
>;

/** Inserts messages; returns the ids that were new. */
export async function insertMessages(
  tx: Transaction,
  workspaceId: string,
  messages: readonly FreshMessage[],
): Promise<Set<string>> {
  if (messages.length === 0) return new Set();
  const rows = await tx.rows<{ id: string }>(sql`
    insert into messages (workspace_id, id, created_at, user_id, channel, category, priority, critical, workflow, run_id, step_id,
                          correlation_id, state, reason, sentence, decision, address, subject, content, item, is_digest, is_test,
                          provider, due_at, expires_at, sent_at, delivered_at)
    select ${workspaceId}, id, created_at, user_id, channel, category, priority, critical, workflow, run_id, step_id,
           correlation_id, state, reason, sentence, decision, address, subject, content, item, is_digest, is_test,
           case when channel = 'in_app' then 'inbox' end, due_at, expires_at, sent_at, delivered_at
    from json_to_recordset(${jsonText(messages)}::json) as m (
      id text, created_at timestamptz, user_id text, channel text, category text, priority smallint, critical boolean,
      workflow text, run_id text, step_id text, correlation_id text, state text, reason text, sentence text, decision jsonb,
      address text, subject text, content jsonb, item jsonb, is_digest boolean, is_test boolean, due_at timestamptz, expires_at timestamptz,
      sent_at timestamptz, delivered_at timestamptz)
    on conflict do nothing
    returning id`);
  return new Set(rows.map((row) => row.id));
}

/** How many tests a member was sent since then. */
export async function countTests(tx: Transaction, workspaceId: string, userId: string, since: Date): Promise<number> {
  const { count } = await tx.get<{ count: number }>(sql`
    select count(*)::int as count from messages
    where workspace_id = ${workspaceId} and user_id = ${userId} and created_at > ${since} and is_test`);
  return count;
}

/** How far messages are that exist; ids that name nothing are left out. */
export function findStates(
  tx: Transaction,
  workspaceId: string,
  ids: readonly string[],
  createdAt: readonly Date[],
): Promise<
  (Pick<MessageRow, 'id' | 'state' | 'reason' | 'sentence' | 'due_at' | 'clicked_at'> & {
    seen_at: Date | null;
    read_at: Date | null;
  })[]
> {
  return tx.rows(sql`
    select m.id, m.state, m.reason, m.sentence, m.due_at, m.clicked_at, r.seen_at, r.read_at
    from unnest(${ids}::text[], ${createdAt}::timestamptz[]) as asked (id, created_at)
    join messages m on m.workspace_id = ${workspaceId} and m.id = asked.id and m.created_at = asked.created_at
    left join receipts r on m.channel = 'in_app' and r.workspace_id = ${workspaceId}
                        and r.notification_id = 'ntf_' || substr(m.id, 5) and r.user_id = m.user_id`);
}

/** Changes the state of messages, each with its reason and decision. */
export async function moveMessages(
  tx: Transaction,
  workspaceId: string,
  moves: readonly Pick<
    MessageRow,
    | 'id'
    | 'created_at'
    | 'state'
    | 'reason'
    | 'sentence'
    | 'decision'
    | 'due_at'
    | 'sent_at'
    | 'delivered_at'
    | 'address'
  >[],
): Promise<void> {
  if (moves.length === 0) return;
  await tx.run(sql`
    update messages m
    set state = moved.state, reason = moved.reason, sentence = moved.sentence, decision = moved.decision, due_at = moved.due_at,
        sent_at = moved.sent_at, delivered_at = moved.delivered_at, address = moved.address
    from json_to_recordset(${jsonText(moves)}::json) as moved (
      id text, created_at timestamptz, state text, reason text, sentence text, decision jsonb, due_at timestamptz,
      sent_at timestamptz, delivered_at timestamptz, address text)
    where m.workspace_id = ${workspaceId} and m.id = moved.id and m.created_at = moved.created_at`);
}
