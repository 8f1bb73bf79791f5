import type { EventAccepted } from '@pulsestack/core';
import type { Context } from '../../../kernel/context.ts';
import { fail, ProductError } from '../../../kernel/errors.ts';
import { fannedOut } from '../../../kernel/fan-out.ts';
import { enqueueMany } from '../../../kernel/job.ts';
import { type Runtime, resource } from '../../../kernel/runtime.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import { addMissingUsers, upsertUsers } from '../../audience/index.ts';
import { definitions } from '../definitions/cache.ts';
import { engine } from '../engine/engine.ts';
import { hear } from '../store/gates.ts';
import { insertRuns } from '../store/runs.ts';
import { findTransactions, insertTriggers, type TriggerRow } from '../store/triggers.ts';
import { type Asked, type Drafted, draftEvent, sameRequest } from './draft.ts';
import { fanOut } from './fan-out.ts';

const MAX_BATCH = 500;
/** What the transaction ids begin with that are made of an Idempotency-Key. */
export const KEY_SPACE = 'idempotency ';

/** One event on its way in. */
export interface Incoming {
  ctx: Context;
  asked: Asked;
  source: string;
  /** Its transaction id comes from an Idempotency-Key: another request under it is refused. */
  strict: boolean;
}

interface Waiting {
  incoming: Incoming[];
  resolve(outcomes: (EventAccepted | ProductError)[]): void;
  reject(reason: unknown): void;
}

/** Accepts events durably. Requests that arrive while a commit is under way share the next one. */
export interface Acceptor {
  /** Resolves after the commit, to an answer or a refusal for each. */
  accept(workspaceId: string, incoming: Incoming[]): Promise<(EventAccepted | ProductError)[]>;
}

export const acceptor = resource(createAcceptor);

function createAcceptor(runtime: Runtime): Acceptor & { close(): Promise<void> } {
  // One line of waiting requests per workspace, one transaction at a time in each: an idle product answers at once and a busy
  // one in groups, without a timer.
  const lines = new Map<string, Waiting[]>();
  const running = new Set<Promise<void>>();

  async function work(workspaceId: string, line: Waiting[]): Promise<void> {
    while (line.length > 0) {
      let size = 0;
      let end = 0;
      while (end < line.length && (end === 0 || size + (line[end] as Waiting).incoming.length <= MAX_BATCH))
        size += (line[end++] as Waiting).incoming.length;
      await commitBatch(runtime, workspaceId, line.splice(0, end));
    }
    lines.delete(workspaceId);
  }

  return {
    accept(workspaceId, incoming) {
      return new Promise((resolve, reject) => {
        const waiting = { incoming, resolve, reject };
        const line = lines.get(workspaceId);
        if (line) {
          line.push(waiting);
          return;
        }
        const fresh = [waiting];
        lines.set(workspaceId, fresh);
        const task = work(workspaceId, fresh).finally(() => running.delete(task));
        running.add(task);
      });
    },
    async close() {
      await Promise.all(running);
    },
  };
}

async function commitBatch(runtime: Runtime, workspaceId: string, batch: Waiting[]): Promise<void> {
  try {
    const outcomes = await store(
      runtime,
      workspaceId,
      batch.flatMap((one) => one.incoming),
    );
    let position = 0;
    for (const one of batch) one.resolve(outcomes.slice(position, (position += one.incoming.length)));
  } catch (error) {
    if (batch.length === 1) {
      batch[0]?.reject(error);
      return;
    }
    // One bad request must not fail the others of its batch, so each gets a transaction of its own.
    for (const one of batch) await commitBatch(runtime, workspaceId, [one]);
  }
}

/** One transaction for all. */
function store(
  runtime: Runtime,
  workspaceId: string,
  incoming: readonly Incoming[],
): Promise<(EventAccepted | ProductError)[]> {
  return runtime.db.inWorkspace(workspaceId, (tx) => acceptIn(runtime, tx, workspaceId, incoming));
}

/** Accepts events in a transaction that is open: each gets an answer or a refusal, and those refused leave nothing. */
export async function acceptIn(
  runtime: Runtime,
  tx: Transaction,
  workspaceId: string,
  incoming: readonly Incoming[],
): Promise<(EventAccepted | ProductError)[]> {
  const published = await definitions.of(runtime).current(tx, workspaceId);
  const drafted = incoming.map(({ ctx, asked, source }) => {
    try {
      return draftEvent(ctx, asked, published, source);
    } catch (error) {
      if (error instanceof ProductError) return error;
      throw error;
    }
  });
  // Within one commit the first of several with the same transaction id counts.
  const firstOf = new Map<string, Drafted>();
  const repeats = new Map<Drafted, Drafted>();
  const fresh: Drafted[] = [];
  for (const one of drafted) {
    if (one instanceof ProductError) continue;
    const transaction = one.trigger.transaction_id;
    const first = transaction === null ? undefined : firstOf.get(transaction);
    if (first) repeats.set(one, first);
    else {
      if (transaction !== null) firstOf.set(transaction, one);
      fresh.push(one);
    }
  }
  const now = runtime.clock.now();
  const inserted = await insertTriggers(
    tx,
    workspaceId,
    fresh.map((one) => one.trigger),
    now,
  );
  const added = fresh.filter((one) => inserted.has(one.trigger.id));
  const earlier = await earlierOnes(
    tx,
    workspaceId,
    fresh.filter((one) => !inserted.has(one.trigger.id)),
  );
  await writeUsers(tx, workspaceId, added, now);
  await insertRuns(
    tx,
    workspaceId,
    added.flatMap((one) => one.runs),
    now,
  );
  await hear(
    tx,
    workspaceId,
    added.flatMap((one) => one.heard),
    now,
  );
  const spread = added.filter((one) => one.fansOut);
  if (spread.length > 0)
    await enqueueMany(
      { ...runtime, tx, workspaceId, requestId: spread[0]?.trigger.correlation_id ?? '' },
      fanOut,
      spread.map((one) => ({ data: fannedOut({ eventId: one.trigger.id, part: one.firstPart }) })),
    );
  if (added.some((one) => one.runs.length + one.heard.length > 0))
    tx.afterCommit(() => engine.of(runtime).wake(added.some((one) => one.heard.length > 0)));
  return drafted.map((one, i) => {
    if (one instanceof ProductError) return one;
    const first = repeats.get(one) ?? one;
    const strict = incoming[i]?.strict ?? false;
    const known = earlier.get(first.trigger.transaction_id ?? '');
    if (known) return strict && !sameRequest(one.trigger, known) ? fail('idempotency.mismatch') : answerOf(known, true);
    if (first !== one && strict && !sameRequest(one.trigger, first.trigger)) return fail('idempotency.mismatch');
    return answerOf(first.trigger, first !== one);
  });
}

async function earlierOnes(
  tx: Transaction,
  workspaceId: string,
  repeated: readonly Drafted[],
): Promise<Map<string, TriggerRow>> {
  const ids = repeated.flatMap((one) => (one.trigger.transaction_id === null ? [] : [one.trigger.transaction_id]));
  if (ids.length === 0) return new Map();
  const rows = await findTransactions(tx, workspaceId, ids);
  return new Map(rows.map((row) => [row.transaction_id ?? '', row]));
}

/** Users who are not known yet are made; those who were described are written as described. */
async function writeUsers(tx: Transaction, workspaceId: string, added: readonly Drafted[], now: Date): Promise<void> {
  const described = new Map<string, { id: string }>();
  for (const one of added)
    for (const user of one.described) described.set(user.id, { ...described.get(user.id), ...user });
  const plain = new Set(added.flatMap((one) => one.named).filter((id) => !described.has(id)));
  if (plain.size > 0) await addMissingUsers(tx, workspaceId, [...plain], now);
  if (described.size > 0) await upsertUsers(tx, workspaceId, [...described.values()], now);
}

type Answerable = Pick<TriggerRow, 'id' | 'transaction_id' | 'status' | 'state' | 'users'> & {
  workflows: readonly string[];
};

export function answerOf(row: Answerable, duplicate: boolean): EventAccepted {
  return {
    id: row.id,
    transactionId: row.transaction_id?.startsWith(KEY_SPACE) ? null : row.transaction_id,
    status: row.status as EventAccepted['status'],
    workflows: [...row.workflows],
    recipients: row.state === 'fanning' ? null : row.users,
    duplicate,
  };
}
