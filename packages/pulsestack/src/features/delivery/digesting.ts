import type { Context } from '../../kernel/context.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { findUsers } from '../audience/index.ts';
import { loadWords } from '../templates/index.ts';
import { sentenceOf } from './deciding.ts';
import { composeDigest, MAX_ITEMS, toLine } from './digest-content.ts';
import { act, madeAt } from './enqueue.ts';
import { subjectOf } from './rules.ts';
import {
  closeDigests,
  type DigestKey,
  postponeDigests,
  takeDueDigests,
  workspacesWithDueDigests,
} from './store/digests.ts';
import { type FreshMessage, insertMessages } from './store/messages.ts';
import { workOffDue } from './work-off.ts';

const PAGE = 100;

/** Closes digests whose time has come, a page of each workspace; true when more may be waiting. */
export function flushDue(runtime: Runtime): Promise<boolean> {
  return workOffDue<DigestKey & { tries: number }>(runtime, {
    name: 'digests',
    page: PAGE,
    workspaces: workspacesWithDueDigests,
    take: takeDueDigests,
    run: flush,
    postpone: postponeDigests,
  });
}

/**
 * Makes one message of each digest. Its items leave the digest in the transaction that makes the message, so an item is in
 * exactly one; a digest all of whose items were cancelled goes without a word. The message is due at once and decided about
 * when it is released: a decision locks the counters of caps, and those who fill a digest hold them when they come here.
 */
async function flush(ctx: Context, keys: readonly DigestKey[]): Promise<void> {
  const { tx, workspaceId } = ctx;
  const now = ctx.clock.now();
  const rows = await closeDigests(
    tx,
    workspaceId,
    keys,
    keys.map(() => ctx.newId('message')),
    MAX_ITEMS,
  );
  const words = await loadWords(tx, workspaceId);
  const readers = await findUsers(
    tx,
    workspaceId,
    rows.map((row) => row.user_id),
  );
  const localeOf = new Map(readers.map((user) => [user.id, user.locale]));
  const digests = rows.map((row) => {
    const { category, total, items } = row;
    const own = words(localeOf.get(row.user_id) ?? null);
    const lines = items.map(({ item }) => toLine(item, own));
    return { row, content: composeDigest(row.channel, { category, total, lines }, own) };
  });
  const messages = digests.map(
    ({ row, content }): FreshMessage => ({
      id: row.digest_id,
      created_at: madeAt(row.digest_id),
      user_id: row.user_id,
      channel: row.channel,
      category: row.category,
      priority: row.priority,
      critical: false,
      workflow: null,
      run_id: null,
      step_id: null,
      correlation_id: row.digest_id,
      address: null,
      subject: subjectOf(content),
      content,
      item: null,
      is_digest: true,
      is_test: false,
      expires_at: null,
      state: 'held',
      reason: 'digest.cadence',
      sentence: sentenceOf('digest.cadence', []),
      decision: [],
      due_at: now,
      sent_at: null,
      delivered_at: null,
    }),
  );
  await insertMessages(tx, workspaceId, messages);
  await act(ctx, messages);
}
