import type { Context } from '../../kernel/context.ts';
import { fail } from '../../kernel/errors.ts';
import { type Announcement, announce, type NumberedEvent, tellAnnounced } from '../../kernel/event.ts';
import { fannedOut } from '../../kernel/fan-out.ts';
import { enqueue } from '../../kernel/job.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { fanOut } from './fan-out.ts';
import { toFreshItem } from './items.ts';
import { arrivals, broadcastArrival, type Draft, publication } from './publish.ts';
import { retractBroadcast, withdrawalFacts } from './retract.ts';
import { broadcastsWithKey, insertBroadcast, nextBroadcast } from './store/broadcasts.ts';
import { accept, claimKeys, type Incoming, lockCollapseKeys, publishToUsers } from './store/deliver.ts';
import { withdrawCollapsed } from './store/marks.ts';

const MAX_BATCH = 500;

/** One request that waits for its commit. */
export interface Publication {
  ctx: Context;
  drafts: Draft[];
  /** What a repeated request is recognised by, and the answer it gets. */
  key?: { key: string; fingerprint: string; body: unknown };
}

/** The answer that counts: this request's own, or, `replayed`, that of an earlier one with the same key. */
export interface Published {
  body: unknown;
  replayed: boolean;
}

interface Waiting {
  publication: Publication;
  resolve(published: Published): void;
  reject(reason: unknown): void;
}

/** Accepts notifications durably. Requests that arrive while a commit is under way share the next one. */
export interface Publisher {
  /** Resolves after the commit. */
  publish(publication: Publication): Promise<Published>;
}

export const publisher = resource(createPublisher);

function createPublisher(runtime: Runtime): Publisher & { close(): Promise<void> } {
  // One line of waiting requests per workspace: within it a single transaction is under way, so an idle product answers at
  // once and a busy one in groups, without a timer.
  const lines = new Map<string, Waiting[]>();
  const running = new Set<Promise<void>>();

  async function work(workspaceId: string, line: Waiting[]): Promise<void> {
    while (line.length > 0) await commitBatch(runtime, workspaceId, takeBatch(line));
    lines.delete(workspaceId);
  }

  return {
    publish(publication) {
      return new Promise((resolve, reject) => {
        const { workspaceId } = publication.ctx;
        const waiting = { publication, resolve, reject };
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

/** The next requests of a line. Two with the same collapse key never share a batch: the second replaces what the first delivered. */
function takeBatch(line: Waiting[]): Waiting[] {
  const keys = new Set<string>();
  let size = 0;
  let end = 0;
  for (; end < line.length; end++) {
    const { drafts } = (line[end] as Waiting).publication;
    if (end > 0 && size + drafts.length > MAX_BATCH) break;
    const collapsing = drafts.map((draft) => draft.incoming.collapse_key).filter((key) => key !== null);
    if (end > 0 && collapsing.some((key) => keys.has(key))) break;
    for (const key of collapsing) keys.add(key);
    size += drafts.length;
  }
  return line.splice(0, end);
}

async function commitBatch(runtime: Runtime, workspaceId: string, batch: Waiting[]): Promise<void> {
  const { first, attached, mismatched } = separateRepeats(batch);
  for (const one of mismatched) one.reject(fail('idempotency.mismatch'));
  const outcomes = new Map<string, Published | Error>();
  try {
    const published = await store(
      runtime,
      workspaceId,
      first.map((one) => one.publication),
    );
    for (const [i, one] of first.entries()) settle(one, published[i] as Published | Error, outcomes);
  } catch (error) {
    if (first.length === 1 || !isAnswer(error)) for (const one of first) one.reject(error);
    // One bad request must not fail the others of its batch, so each gets a transaction of its own.
    else {
      for (const one of first) {
        try {
          const [published] = await store(runtime, workspaceId, [one.publication]);
          settle(one, published as Published | Error, outcomes);
        } catch (cause) {
          one.reject(cause);
        }
      }
    }
  }
  for (const one of attached) {
    const outcome = outcomes.get(one.publication.key?.key ?? '');
    if (outcome instanceof Error) one.reject(outcome);
    else if (outcome) one.resolve({ body: outcome.body, replayed: true });
    else one.reject(fail('server.unavailable', 'The request this one repeats has failed; send it again.'));
  }
}

function settle(one: Waiting, published: Published | Error, outcomes: Map<string, Published | Error>): void {
  if (one.publication.key) outcomes.set(one.publication.key.key, published);
  if (published instanceof Error) one.reject(published);
  else one.resolve(published);
}

/** Has the database said no to what was asked? One that is gone, full or overrun would say the same to each by itself. */
function isAnswer(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[0-9A-Z]{5}$/.test(code) && !/^(08|53|57P|58|XX)/.test(code);
}

/** Within a batch, the first request with a key is stored; equal ones share its answer. */
function separateRepeats(batch: Waiting[]): { first: Waiting[]; attached: Waiting[]; mismatched: Waiting[] } {
  const prints = new Map<string, string>();
  const first: Waiting[] = [];
  const attached: Waiting[] = [];
  const mismatched: Waiting[] = [];
  for (const one of batch) {
    const { key } = one.publication;
    const known = key && prints.get(key.key);
    if (!key || known === undefined) {
      if (key) prints.set(key.key, key.fingerprint);
      first.push(one);
    } else (known === key.fingerprint ? attached : mismatched).push(one);
  }
  return { first, attached, mismatched };
}

/** One transaction for a batch. The outcomes are in order; an error in the place of one concerns only that one. */
async function store(
  runtime: Runtime,
  workspaceId: string,
  batch: readonly Publication[],
): Promise<(Published | Error)[]> {
  if (batch.every(isPlain)) return storePlain(runtime, workspaceId, batch);
  return storeStepwise(runtime, workspaceId, batch);
}

/** Nothing but named users who get theirs at once: what one function of the database does in one message. */
function isPlain({ drafts }: Publication): boolean {
  return drafts.every(
    ({ broadcast, incoming }) => !broadcast && incoming.state === 'published' && incoming.collapse_key === null,
  );
}

async function storePlain(
  runtime: Runtime,
  workspaceId: string,
  batch: readonly Publication[],
): Promise<(Published | Error)[]> {
  const now = runtime.clock.now();
  const rows = await publishToUsers(
    runtime.db,
    workspaceId,
    batch.flatMap(({ key, drafts }) =>
      drafts.map(({ incoming }) => ({
        ...incoming,
        item: JSON.stringify(toFreshItem(incoming, now, false)),
        idem_key: key?.key ?? null,
        idem_print: key?.fingerprint ?? null,
        idem_body: key?.body ?? null,
      })),
    ),
    now,
  );
  const claimed = new Set<string>();
  const numbered: NumberedEvent[] = [];
  let waiting = false;
  for (const row of rows) {
    if (row.kind === 'key') claimed.add(row.key);
    else if (row.seq === null || row.epoch === null) waiting = true;
    else
      numbered.push({
        workspaceId,
        epoch: row.epoch,
        seq: row.seq,
        stream: row.stream,
        name: row.name,
        data: row.data,
        time: now.getTime(),
      });
  }
  if (rows.length > 0) tellAnnounced(runtime, numbered, waiting);
  const repeated = batch.filter(({ key }) => key && !claimed.has(key.key));
  const earlier = repeated.length > 0 ? await storeStepwise(runtime, workspaceId, repeated) : [];
  return batch.map((one) =>
    repeated.includes(one)
      ? (earlier[repeated.indexOf(one)] as Published | Error)
      : { body: one.key?.body, replayed: false },
  );
}

async function storeStepwise(
  runtime: Runtime,
  workspaceId: string,
  batch: readonly Publication[],
): Promise<(Published | Error)[]> {
  return runtime.db.inWorkspace(workspaceId, async (tx) => {
    const claims = batch.flatMap((one) => (one.key ? [one.key] : []));
    const answered = claims.length > 0 ? await claimKeys(tx, workspaceId, claims) : undefined;
    const fresh = answered ? batch.filter((one) => !(one.key && answered.has(one.key.key))) : batch;
    await storeFresh(runtime, tx, workspaceId, fresh);
    return batch.map((one) => {
      const earlier = one.key && answered?.get(one.key.key);
      if (!earlier) return { body: one.key?.body, replayed: false };
      return earlier.fingerprint === one.key?.fingerprint
        ? { body: earlier.body, replayed: true }
        : fail('idempotency.mismatch');
    });
  });
}

export async function storeFresh(
  runtime: Runtime,
  tx: Transaction,
  workspaceId: string,
  batch: readonly Publication[],
): Promise<void> {
  const now = runtime.clock.now();
  const facts: Announcement[] = [];
  const drafts = batch.flatMap((one) => one.drafts);
  facts.push(
    ...(await deliverToUsers(
      tx,
      workspaceId,
      drafts.filter((draft) => !draft.broadcast).map((draft) => draft.incoming),
      now,
    )),
  );
  for (const { incoming } of drafts.filter((draft) => draft.broadcast)) {
    const seq = await nextBroadcast(tx, workspaceId);
    if (incoming.collapse_key !== null) {
      for (const { notification_id } of await broadcastsWithKey(tx, workspaceId, incoming.collapse_key)) {
        facts.push(...(await retractBroadcast(tx, workspaceId, notification_id, now)));
      }
    }
    const feedAt = await insertBroadcast(tx, workspaceId, seq, incoming, now);
    facts.push(broadcastArrival(incoming, seq, feedAt, incoming.correlation_id));
  }
  facts.push(...publication(drafts.map((draft) => draft.incoming)));
  for (const { ctx, drafts } of batch) {
    for (const { incoming } of drafts) {
      if (incoming.state === 'publishing')
        await enqueue({ ...ctx, tx }, fanOut, fannedOut({ notificationId: incoming.id }));
    }
  }
  await announce(runtime, tx, workspaceId, facts, '', { groupCommit: true });
}

/** Stores notifications to named users in the order given; returns what their open tabs learn. */
export async function deliverToUsers(
  tx: Transaction,
  workspaceId: string,
  incoming: readonly Incoming[],
  now: Date,
): Promise<Announcement[]> {
  const facts: Announcement[] = [];
  for (const wave of inWaves(incoming)) facts.push(...(await deliver(tx, workspaceId, wave, now)));
  return facts;
}

/** In the order given, parted where a collapse key comes again: each replaces what those before it have delivered. */
function inWaves(incoming: readonly Incoming[]): Incoming[][] {
  const waves: Incoming[][] = [];
  let keys = new Set<string>();
  for (const one of incoming) {
    const key = one.collapse_key;
    const wave = waves.at(-1);
    if (wave && (key === null || !keys.has(key))) wave.push(one);
    else {
      waves.push([one]);
      keys = new Set();
    }
    if (key !== null) keys.add(key);
  }
  return waves;
}

/** Stores notifications to named users, and the receipts of those who get theirs at once. */
async function deliver(
  tx: Transaction,
  workspaceId: string,
  incoming: readonly Incoming[],
  now: Date,
): Promise<Announcement[]> {
  const replacing = incoming.filter((one) => one.collapse_key !== null);
  const facts = replacing.length > 0 ? await collapse(tx, workspaceId, replacing, now) : [];
  const owns = await accept(tx, workspaceId, incoming, now);
  return [...facts, ...incoming.flatMap((one) => arrivals(one, owns, one.users, now, one.correlation_id))];
}

/** Takes away what is about to be replaced, in the inboxes of the users named. */
async function collapse(
  tx: Transaction,
  workspaceId: string,
  incoming: readonly Incoming[],
  now: Date,
): Promise<Announcement[]> {
  const keys = incoming.flatMap((one) => one.users.map(() => one.collapse_key as string));
  const users = incoming.flatMap((one) => one.users);
  await lockCollapseKeys(tx, workspaceId, keys);
  return withdrawalFacts(
    await withdrawCollapsed(tx, workspaceId, { users, keys }, null, now),
    incoming[0]?.correlation_id ?? '',
  );
}
