import { streams } from '@pulsestack/core';
import { type LogEvent } from 'pushstream';
import type { Runtime } from '../../kernel/runtime.ts';
import { sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

export const ERASED_CHANNEL = 'streams.erased';
const PAGE = 20_000;

interface Erasure {
  workspace_id: string;
  user_id: string;
  position: number;
  upto_seq: number;
}

/** Asks for all events of one person to be emptied, up to now. */
export async function requestErasure(tx: Transaction, workspaceId: string, userId: string): Promise<void> {
  // What has no number yet would come after the end of the search.
  await tx.run(sql`
    delete from outbox
    where workspace_id = ${workspaceId} and not transient
      and (stream = ${streams.user(userId)} or about @> array[${userId}]::text[])`);
  await tx.run(sql`
    insert into stream_erasures (workspace_id, user_id, upto_seq)
    select workspace_id, ${userId}, head
    from log_heads
    where workspace_id = ${workspaceId}
    on conflict (workspace_id, user_id) do update set upto_seq = excluded.upto_seq, position = 0`);
}

/**
 * Empties one page of the events of somebody who is to be erased. An emptied event keeps its number, so that the log has no
 * gap, and becomes one that nobody can read. Returns whether there is more to do.
 */
export async function eraseSome(runtime: Runtime): Promise<boolean> {
  const done = await runtime.db.inSystem(async (tx) => {
    const erasure = await tx.find<Erasure>(sql`
      select workspace_id, user_id, position, upto_seq
      from stream_erasures
      order by workspace_id, user_id
      limit 1
      for update skip locked`);
    if (!erasure) return null;
    const last = Math.min(erasure.position + PAGE, erasure.upto_seq);
    await empty(tx, erasure, last);
    if (last < erasure.upto_seq) {
      await tx.run(sql`
        update stream_erasures set position = ${last}
        where workspace_id = ${erasure.workspace_id} and user_id = ${erasure.user_id}`);
      return { erasure, finished: false };
    }
    await tx.run(sql`
      delete from stream_erasures where workspace_id = ${erasure.workspace_id} and user_id = ${erasure.user_id}`);
    return { erasure, finished: true };
  });
  if (!done) return false;
  if (done.finished) {
    const { workspace_id: workspaceId, user_id: userId } = done.erasure;
    await runtime.pubsub.publish(ERASED_CHANNEL, JSON.stringify({ workspaceId, userId }));
  }
  return true;
}

async function empty(tx: Transaction, { workspace_id, user_id, position }: Erasure, last: number): Promise<void> {
  await tx.run(sql`
    update log_events
    set stream = null, name = 'ps.erased', data = 'null', tags = null, about = null
    where workspace_id = ${workspace_id} and seq > ${position} and seq <= ${last}
      and (stream = ${streams.user(user_id)} or about @> array[${user_id}]::text[])`);
}

/** Whether an event in memory is one of this person. */
export function isOf(userId: string): (event: LogEvent) => boolean {
  const own = streams.user(userId);
  return (event) => event.stream === own || (event.about?.includes(userId) ?? false);
}
