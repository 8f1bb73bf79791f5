import type { Context } from '../../../kernel/context.ts';
import { subscribe, unsubscribe } from '../../audience/index.ts';
import { definitions } from '../definitions/cache.ts';
import { updateAttributes } from '../store/people.ts';
import { insertRuns } from '../store/runs.ts';
import { insertTriggers } from '../store/triggers.ts';
import type { Effect, Live } from './live.ts';

type Of<Kind extends Effect['kind']> = { live: Live; effect: Extract<Effect, { kind: Kind }> };

/** Does what steps want done in other places of the same database, in the transaction of their runs. */
export async function carryOut(ctx: Context, lives: readonly Live[]): Promise<void> {
  const of = <Kind extends Effect['kind']>(kind: Kind) =>
    lives.flatMap((live) =>
      live.effects.flatMap((effect) => (effect.kind === kind ? [{ live, effect } as Of<Kind>] : [])),
    );
  await updateUsers(ctx, of('user'));
  await changeTopics(ctx, of('topic'));
  await invokeWorkflows(ctx, of('invoke'));
}

async function updateUsers(ctx: Context, changes: Of<'user'>[]): Promise<void> {
  // Several changes of one user are one change, the later ones on top.
  const byUser = new Map<string, { set: Record<string, unknown>; remove: Set<string> }>();
  for (const { live, effect } of changes) {
    const all = byUser.get(live.user.id) ?? { set: {}, remove: new Set<string>() };
    for (const [name, value] of Object.entries(effect.set)) {
      all.set[name] = value;
      all.remove.delete(name);
    }
    for (const name of effect.remove) {
      delete all.set[name];
      all.remove.add(name);
    }
    byUser.set(live.user.id, all);
  }
  if (byUser.size === 0) return;
  await updateAttributes(
    ctx.tx,
    ctx.workspaceId,
    [...byUser].map(([user, { set, remove }]) => ({ user, set, remove: [...remove] })),
    ctx.clock.now(),
  );
}

async function changeTopics(ctx: Context, changes: Of<'topic'>[]): Promise<void> {
  // In the order of the keys, because the row of each topic is locked.
  for (const { live, effect } of changes.toSorted((a, b) => (a.effect.topic < b.effect.topic ? -1 : 1))) {
    if (effect.action === 'subscribe')
      await subscribe(ctx.tx, ctx.workspaceId, effect.topic, [live.user.id], ctx.clock.now());
    else await unsubscribe(ctx.tx, ctx.workspaceId, effect.topic, [live.user.id]);
  }
}

async function invokeWorkflows(ctx: Context, invoked: Of<'invoke'>[]): Promise<void> {
  if (invoked.length === 0) return;
  const published = await definitions.of(ctx).current(ctx.tx, ctx.workspaceId);
  const now = ctx.clock.now();
  const runs = [];
  const triggers = [];
  for (const { live, effect } of invoked) {
    const workflow = published.byKey.get(effect.workflow);
    const payload = workflow?.schema ? workflow.schema.withDefaults(effect.payload) : effect.payload;
    const misfit = workflow?.schema?.misfit(payload);
    if (!workflow || misfit) {
      effect.line.code = 'workflow.not_invoked';
      effect.line.sentence = workflow
        ? `The payload does not fit ${effect.workflow}: ${misfit?.path || '/'} ${misfit?.message ?? ''}`
        : `The workflow ${effect.workflow} is not published.`;
      continue;
    }
    triggers.push({
      id: effect.eventId,
      name: null,
      workflow: effect.workflow,
      payload,
      audience: { users: [live.user.id] },
      actor: live.event.actor,
      source: 'workflow',
      transaction_id: null,
      cancel_key: live.cancelKey,
      status: 'accepted',
      workflows: [effect.workflow],
      state: 'done' as const,
      users: 1,
      correlation_id: live.correlationId,
    });
    runs.push({
      id: effect.runId,
      workflow: workflow.key,
      version: workflow.version,
      user_id: live.user.id,
      event_id: effect.eventId,
      depth: live.depth + 1,
      cancel_key: live.cancelKey,
      correlation_id: live.correlationId,
    });
  }
  await insertTriggers(ctx.tx, ctx.workspaceId, triggers, now);
  await insertRuns(ctx.tx, ctx.workspaceId, runs, now);
}
