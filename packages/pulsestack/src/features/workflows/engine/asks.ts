import type { Runtime } from '../../../kernel/runtime.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import { stepAt } from '../compile.ts';
import { closeDigests, joinDigests, wereBusy } from '../store/digests.ts';
import { addWaits, askThrottles } from '../store/gates.ts';
import { answer, lineOf } from './interpret.ts';
import type { Ask, Live } from './live.ts';

type Asking<Kind extends Ask['kind']> = { live: Live; ask: Extract<Ask, { kind: Kind }> };

/** Answers what runs of one workspace ask the database, in the transaction that moves them on. */
export async function answerAsks(
  runtime: Runtime,
  tx: Transaction,
  workspaceId: string,
  lives: readonly Live[],
): Promise<void> {
  const of = <Kind extends Ask['kind']>(kind: Kind) =>
    lives.flatMap((live) =>
      live.outcome.kind === 'ask' && live.outcome.ask.kind === kind
        ? [{ live, ask: live.outcome.ask } as Asking<Kind>]
        : [],
    );
  // Always in this order, so that two transactions never wait for each other's rows.
  await answerThrottles(runtime, tx, workspaceId, of('throttle'));
  await answerJoins(runtime, tx, workspaceId, of('digest.join'));
  await answerCloses(runtime, tx, workspaceId, of('digest.close'));
  await answerWaits(runtime, tx, workspaceId, of('wait'));
}

async function answerThrottles(
  runtime: Runtime,
  tx: Transaction,
  workspaceId: string,
  asking: Asking<'throttle'>[],
): Promise<void> {
  if (asking.length === 0) return;
  const keyOf = (one: Asking<'throttle'>) =>
    JSON.stringify([one.live.workflow.key, one.ask.step, one.live.user.id, one.ask.key]);
  const groups = groupBy(asking, keyOf);
  const rows = await askThrottles(
    tx,
    workspaceId,
    [...groups.values()].map((group) => {
      const { live, ask } = group[0] as Asking<'throttle'>;
      return {
        workflow: live.workflow.key,
        step: ask.step,
        user: live.user.id,
        key: ask.key,
        count: group.length,
        resets_at: ask.resetsAt.toISOString(),
      };
    }),
    runtime.clock.now(),
  );
  for (const row of rows) {
    const group = groups.get(JSON.stringify([row.workflow, row.step, row.user_id, row.key])) ?? [];
    for (const [i, { live, ask }] of group.entries()) {
      const asked = row.asked - group.length + i + 1;
      answer(live, { granted: asked <= ask.limit, asked, resetsAt: row.resets_at.toISOString() }, runtime);
    }
  }
}

async function answerJoins(
  runtime: Runtime,
  tx: Transaction,
  workspaceId: string,
  asking: Asking<'digest.join'>[],
): Promise<void> {
  if (asking.length === 0) return;
  const now = runtime.clock.now();
  const keyOf = ({ live, ask }: Asking<'digest.join'>) =>
    JSON.stringify([live.workflow.key, ask.step, live.user.id, ask.key]);
  const groups = [...groupBy(asking, keyOf).values()];
  const passing = await passed(tx, workspaceId, groups, now);
  const joining = groups
    .map((group) => group.filter(({ live }) => !passing.has(live.id)))
    .filter((group) => group.length > 0);
  for (const { live } of asking) if (passing.has(live.id)) answer(live, { is: 'passed' }, runtime);
  if (joining.length === 0) return;
  const joined = await joinDigests(
    tx,
    workspaceId,
    joining.map((group) => {
      const { live, ask } = group[0] as Asking<'digest.join'>;
      return {
        user: live.user.id,
        workflow: live.workflow.key,
        step: ask.step,
        key: ask.key,
        runs: group.map((one) => one.live.id),
        events: group.map((one) => one.live.event.id),
        at: now.toISOString(),
        closes_at: ask.closesAt.toISOString(),
        latest_at: ask.latestAt?.toISOString() ?? null,
        flush_at: ask.flushAt,
        digest: runtime.newId('digest'),
      };
    }),
  );
  const byRun = new Map(joined.map((one) => [one.run, one]));
  for (const { live } of asking) {
    const one = byRun.get(live.id);
    if (!one) continue;
    answer(
      live,
      { is: one.leader === live.id ? 'led' : 'merged', digest: one.digest, closesAt: one.closes_at.toISOString() },
      runtime,
    );
  }
}

/** With look-back, the first event after a quiet time does not wait. */
async function passed(
  tx: Transaction,
  workspaceId: string,
  groups: Asking<'digest.join'>[][],
  now: Date,
): Promise<Set<string>> {
  const looking = groups.flatMap(([first]) => {
    if (!first || first.ask.lookBackMs === null) return [];
    const { live, ask } = first;
    return [
      {
        run: live.id,
        user: live.user.id,
        workflow: live.workflow.key,
        step: ask.step,
        key: ask.key,
        since: new Date(now.getTime() - first.ask.lookBackMs).toISOString(),
        at: now.toISOString(),
      },
    ];
  });
  if (looking.length === 0) return new Set();
  const busy = await wereBusy(tx, workspaceId, looking);
  return new Set(looking.map((one) => one.run).filter((run) => !busy.has(run)));
}

async function answerCloses(
  runtime: Runtime,
  tx: Transaction,
  workspaceId: string,
  asking: Asking<'digest.close'>[],
): Promise<void> {
  if (asking.length === 0) return;
  const closed = await closeDigests(
    tx,
    workspaceId,
    asking.map(({ ask }) => ask.id),
    runtime.clock.now(),
  );
  const byId = new Map(closed.map((one) => [one.id, one]));
  for (const { live, ask } of asking) {
    const one = byId.get(ask.id);
    answer(live, { is: one?.open ? 'open' : 'closed', digest: ask.id, events: one?.events ?? 0 }, runtime);
  }
}

async function answerWaits(
  runtime: Runtime,
  tx: Transaction,
  workspaceId: string,
  asking: Asking<'wait'>[],
): Promise<void> {
  if (asking.length === 0) return;
  await addWaits(
    tx,
    workspaceId,
    asking.flatMap(({ live, ask }) => ask.names.map((name) => ({ run: live.id, user: live.user.id, name }))),
  );
  for (const { live, ask } of asking) {
    const until = ask.until.toISOString();
    live.phase = { kind: 'wait', since: ask.since.toISOString(), until };
    const step = stepAt(live.workflow.definition.steps, live.position);
    const sentence = `The run waits for ${ask.names.join(' or ')} until ${until}.`;
    live.lines.push(
      lineOf(step, runtime.clock.now(), { code: 'wait.began', sentence, detail: { events: ask.names, until } }),
    );
    // Once the wait is committed the run looks whether the event came before it.
    live.outcome = { kind: 'commit' };
  }
}

function groupBy<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
