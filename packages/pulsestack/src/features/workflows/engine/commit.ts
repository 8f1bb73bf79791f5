import { type Context, workContext } from '../../../kernel/context.ts';
import type { Runtime } from '../../../kernel/runtime.ts';
import { enqueueMessages, recordSkipped } from '../../delivery/index.ts';
import { stepAt } from '../compile.ts';
import { removeWaits } from '../store/gates.ts';
import { type RunChange, saveLines, saveRuns } from '../store/runs.ts';
import { answerAsks } from './asks.ts';
import { carryOut } from './effects.ts';
import type { Effect, Live } from './live.ts';

/**
 * Commits what runs of one workspace have decided: their new state, their trace and what it has the other rooms do, all or
 * nothing. Returns those that were ours; a run that was cancelled, or whose lease another has, has no effect.
 */
export async function commit(
  runtime: Runtime,
  workspaceId: string,
  lease: string,
  until: Date,
  lives: readonly Live[],
): Promise<Live[]> {
  // A retried transaction decides again, so each try starts from what was decided outside.
  const before = lives.filter((live) => live.outcome.kind === 'ask').map(remember);
  let kept: Live[] = [];
  await runtime.db.inWorkspace(workspaceId, async (tx) => {
    for (const restore of before) restore();
    const ctx = workContext(runtime, workspaceId, '', tx);
    const mine = await saveRuns(
      tx,
      workspaceId,
      lease,
      lives.map((live) => changeOf(runtime, live)),
      until,
    );
    kept = mine.size === lives.length ? [...lives] : lives.filter((live) => mine.has(live.id));
    // Before anything is asked: what was waited for is over, and the next wait of the same run may begin right here.
    const done = kept.filter((live) => live.effects.some((effect) => effect.kind === 'unwait'));
    if (done.length > 0)
      await removeWaits(
        tx,
        workspaceId,
        done.map((live) => live.id),
      );
    const asking = kept.filter((live) => live.outcome.kind === 'ask');
    if (asking.length > 0) {
      await answerAsks(runtime, tx, workspaceId, asking);
      await saveRuns(
        tx,
        workspaceId,
        lease,
        asking.map((live) => changeOf(runtime, live)),
        until,
      );
    }
    await send(ctx, kept);
    await carryOut(ctx, kept);
    await saveLines(
      tx,
      workspaceId,
      kept.flatMap((live) =>
        live.lines.length === 0 ? [] : [{ run: live.id, number: live.lineCount + 1, lines: live.lines }],
      ),
    );
  });
  for (const live of kept) {
    live.lineCount += live.lines.length;
    live.lines = [];
    live.effects = [];
  }
  return kept;
}

/** Keeps how far a run was, and returns what puts it back there. */
function remember(live: Live): () => void {
  const { outcome, phase, position } = live;
  const lines = [...live.lines];
  const effects = [...live.effects];
  const vars = structuredClone(live.vars);
  return () =>
    Object.assign(live, {
      outcome,
      phase,
      position,
      lines: [...lines],
      effects: [...effects],
      vars: structuredClone(vars),
    });
}

/** The row as it is after this commit. What asks or goes on stays ours. */
function changeOf(runtime: Runtime, live: Live): RunChange {
  const { outcome } = live;
  const step = stepAt(live.workflow.definition.steps, live.position);
  const ended = outcome.kind === 'done' || outcome.kind === 'failed';
  return {
    id: live.id,
    state: ended ? outcome.kind : outcome.kind === 'sleep' ? 'waiting' : 'running',
    position: live.position,
    phase: live.phase,
    vars: live.vars,
    step: step?.id ?? null,
    due_at: outcome.kind === 'sleep' ? (outcome.until?.toISOString() ?? null) : live.dueAt.toISOString(),
    code: ended ? outcome.code : null,
    sentence: ended ? outcome.sentence : null,
    lines: live.lineCount + live.lines.length,
    finished_at: ended ? runtime.clock.now().toISOString() : null,
  };
}

/** Hands messages to delivery, which decides about each; what it decided is told in the trace. */
async function send(ctx: Context, lives: readonly Live[]): Promise<void> {
  const made = lives.flatMap((live) => live.effects.map((effect) => ({ live, effect })));
  const messages = made.flatMap(({ live, effect }) =>
    effect.kind === 'message' && effect.content ? [{ live, effect, content: effect.content }] : [],
  );
  if (messages.length > 0) {
    const results = await enqueueMessages(
      ctx,
      messages.map(({ live, effect, content }) => ({
        ...commonOf(live, effect),
        id: effect.id,
        content,
        critical: live.workflow.definition.critical,
      })),
    );
    for (const [i, { effect }] of messages.entries()) {
      const result = results[i];
      if (!result) continue;
      const { state, code, sentence, until } = result;
      const skipped = state === 'skipped' || state === 'expired';
      effect.line.code = skipped ? 'message.skipped' : 'message.made';
      effect.line.sentence = sentence ?? `The message is ${state}.`;
      effect.line.detail = { ...effect.line.detail, state, reason: code, until: until?.toISOString() ?? null };
    }
  }
  const skipped = made.flatMap(({ live, effect }) =>
    effect.kind === 'skipped'
      ? [
          {
            ...commonOf(live, effect),
            id: ctx.newId('message'),
            channel: effect.channel,
            code: effect.code,
            ...(effect.sentence === undefined ? {} : { sentence: effect.sentence }),
          },
        ]
      : [],
  );
  if (skipped.length > 0) await recordSkipped(ctx, skipped);
}

function commonOf(live: Live, effect: Extract<Effect, { kind: 'message' | 'skipped' }>) {
  const { category, priority } = live.workflow.definition;
  return {
    userId: live.user.id,
    category,
    priority,
    workflow: live.workflow.key,
    runId: live.id,
    stepId: effect.step,
    correlationId: live.correlationId,
  };
}
