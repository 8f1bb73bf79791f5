import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import type { MessageRow } from './messages.ts';
import type { Result } from './sending.ts';

/** A message as it is shown: with what its user did in the inbox, and whether it is on its way at this moment. */
export type ShownRow = Omit<MessageRow, 'content'> & {
  seen_at: Date | null;
  read_at: Date | null;
  sending: boolean;
};

export interface MessageFilter {
  userId: string | null;
  channels: string[] | null;
  states: string[] | null;
  workflow: string | null;
  category: string | null;
  runId: string | null;
  from: Date | null;
  to: Date | null;
  sending: boolean;
}

/** The newest first; ids are sortable by time. `before` is exclusive. */
export function listMessages(
  tx: Transaction,
  workspaceId: string,
  filter: MessageFilter,
  page: { before: string; beforeAt: Date; limit: number; now: Date },
): Promise<ShownRow[]> {
  return tx.rows(sql`
    select m.id, m.created_at, m.user_id, m.channel, m.category, m.priority, m.critical, m.workflow, m.run_id, m.step_id,
           m.correlation_id, m.state, m.reason, m.sentence, m.decision, m.address, m.subject, m.digest_id, m.is_digest, m.is_test, m.provider,
           m.attempts, m.due_at, m.expires_at, m.sent_at, m.delivered_at, m.clicked_at, r.seen_at, r.read_at,
           d.lease is not null as sending
    from messages m
    left join receipts r on m.channel = 'in_app' and r.workspace_id = m.workspace_id
                        and r.notification_id = 'ntf_' || substr(m.id, 5) and r.user_id = m.user_id
    left join deliveries d on d.workspace_id = m.workspace_id and d.message_id = m.id and d.lease is not null and d.due_at > ${page.now}
    where m.workspace_id = ${workspaceId} and m.id < ${page.before} and m.created_at <= ${page.beforeAt}
      and (${filter.userId}::text is null or m.user_id = ${filter.userId})
      and (${filter.channels}::text[] is null or m.channel = any(${filter.channels}::text[]))
      and (${filter.states}::text[] is null or m.state = any(${filter.states}::text[]))
      and (not ${filter.sending}::boolean or d.lease is not null)
      and (${filter.workflow}::text is null or m.workflow = ${filter.workflow})
      and (${filter.category}::text is null or m.category = ${filter.category})
      and (${filter.runId}::text is null or m.run_id = ${filter.runId})
      and (${filter.from}::timestamptz is null or m.created_at >= ${filter.from})
      and (${filter.to}::timestamptz is null or m.created_at < ${filter.to})
    order by m.id desc
    limit ${page.limit}`);
}

export function findMessage(
  tx: Transaction,
  workspaceId: string,
  id: string,
  createdAt: Date,
  now: Date,
): Promise<(ShownRow & Pick<MessageRow, 'content'>) | undefined> {
  return tx.find(sql`
    select m.*, r.seen_at, r.read_at, d.lease is not null as sending
    from messages m
    left join receipts r on m.channel = 'in_app' and r.workspace_id = m.workspace_id
                        and r.notification_id = 'ntf_' || substr(m.id, 5) and r.user_id = m.user_id
    left join deliveries d on d.workspace_id = m.workspace_id and d.message_id = m.id and d.lease is not null and d.due_at > ${now}
    where m.workspace_id = ${workspaceId} and m.id = ${id} and m.created_at = ${createdAt}`);
}

export function listAttempts(
  tx: Transaction,
  workspaceId: string,
  messageId: string,
  createdAt: Date,
): Promise<Result['attempts']> {
  return tx.rows(sql`
    select id, number, provider, at, duration_ms, outcome, status, detail, provider_ref
    from attempts
    where workspace_id = ${workspaceId} and message_id = ${messageId} and created_at = ${createdAt}
    order by number, id
    limit 200`);
}

export function itemsOfDigest(tx: Transaction, workspaceId: string, digestId: string): Promise<{ id: string }[]> {
  return tx.rows(sql`
    select id from messages where workspace_id = ${workspaceId} and digest_id = ${digestId} order by id limit 500`);
}

/** Puts a message that has failed back into the queue with all of its tries; undefined when it has not failed. */
export function requeue(
  tx: Transaction,
  workspaceId: string,
  id: string,
  createdAt: Date,
  now: Date,
): Promise<MessageRow | undefined> {
  return tx.find(sql`
    update messages
    set state = 'queued', reason = null, sentence = null, due_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id} and created_at = ${createdAt} and state = 'failed' and content is not null
    returning *`);
}
