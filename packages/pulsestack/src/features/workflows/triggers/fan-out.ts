import { idSchema } from '@pulsestack/core';
import { z } from 'zod';
import type { Context } from '../../../kernel/context.ts';
import { job } from '../../../kernel/job.ts';
import { addMissingUsers, listSubscribers, userIdsAfter } from '../../audience/index.ts';
import { definitions } from '../definitions/cache.ts';
import { engine } from '../engine/engine.ts';
import { hear } from '../store/gates.ts';
import { insertRuns } from '../store/runs.ts';
import { addReached, findTrigger, type TriggerRow } from '../store/triggers.ts';
import { heardBy, runsFor, type StoredAudience } from './draft.ts';

const PAGE = 1000;

/**
 * Begins runs for many users, a page per transaction: after a crash it goes on behind the last page that was committed. The
 * audience has parts: the named users, each topic, everyone. Whoever is in several parts begins once.
 */
export const fanOut = job({
  name: 'workflows.fanOut',
  data: z.object({ eventId: idSchema('event'), part: z.number().int(), after: z.string() }),
  async run(ctx, { eventId, part, after }) {
    const { tx, workspaceId } = ctx;
    const trigger = await findTrigger(tx, workspaceId, eventId);
    if (trigger?.state !== 'fanning') return;
    const audience = trigger.audience as StoredAudience;
    const page = await pageOf(ctx, audience, part, after);
    const excluded = part === 0 ? null : trigger.actor;
    const users = page.users.filter((user) => user !== excluded);
    const next =
      page.last !== null
        ? { part, after: page.last }
        : part + 1 < partsOf(audience)
          ? { part: part + 1, after: '' }
          : null;
    const reached = users.length > 0 ? await begin(ctx, trigger, users, part) : 0;
    await addReached(tx, workspaceId, eventId, reached, next === null);
    tx.afterCommit(() => engine.of(ctx).wake(true));
    return next === null ? undefined : { again: { data: { eventId, ...next }, afterMs: 0 } };
  },
});

async function begin(ctx: Context, trigger: TriggerRow, users: readonly string[], part: number): Promise<number> {
  const { tx, workspaceId } = ctx;
  const now = ctx.clock.now();
  if (part === 0) await addMissingUsers(tx, workspaceId, users, now);
  const published = await definitions.of(ctx).current(tx, workspaceId);
  const workflows = trigger.workflows.flatMap((key) => published.byKey.get(key) ?? []);
  const event = { id: trigger.id, cancelKey: trigger.cancel_key, correlationId: trigger.correlation_id };
  const begun = await insertRuns(tx, workspaceId, runsFor(ctx, event, workflows, users), now);
  if (trigger.name !== null && published.awaited.has(trigger.name))
    await hear(tx, workspaceId, heardBy(trigger.name, trigger.id, users), now);
  return workflows.length > 0 ? Math.ceil(begun / workflows.length) : users.length;
}

function partsOf(audience: StoredAudience): number {
  return 1 + audience.topics.length + (audience.everyone ? 1 : 0);
}

/** The next users of a part; `last` is where the page after it begins, or null on the last one. */
async function pageOf(
  ctx: Context,
  audience: StoredAudience,
  part: number,
  after: string,
): Promise<{ users: string[]; last: string | null }> {
  if (part === 0) {
    const start = after === '' ? 0 : Number(after);
    const end = start + PAGE;
    return { users: audience.users.slice(start, end), last: end < audience.users.length ? String(end) : null };
  }
  const topic = audience.topics[part - 1];
  const users =
    topic === undefined
      ? await userIdsAfter(ctx.tx, ctx.workspaceId, after, PAGE)
      : (await listSubscribers(ctx.tx, ctx.workspaceId, topic, { after, limit: PAGE })).map((row) => row.user_id);
  return { users, last: users.length === PAGE ? (users.at(-1) ?? null) : null };
}
