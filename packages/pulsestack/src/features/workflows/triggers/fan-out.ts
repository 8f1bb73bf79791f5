import { idSchema } from '@pulsestack/core';
import { z } from 'zod';
import type { Context } from '../../../kernel/context.ts';
import { type AudiencePage, fanOutJob } from '../../../kernel/fan-out.ts';
import { addMissingUsers, countUsers, findTopic, listSubscribers, userIdsAfter } from '../../audience/index.ts';
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
export const fanOut = fanOutJob({
  name: 'workflows.fanOut',
  data: z.object({ eventId: idSchema('event'), part: z.number().int() }),
  async open({ tx, workspaceId }, { eventId, part }) {
    const trigger = await findTrigger(tx, workspaceId, eventId);
    if (trigger?.state !== 'fanning') return null;
    return { trigger, audience: trigger.audience as StoredAudience, firstPart: part };
  },
  async total({ tx, workspaceId }, { audience, firstPart }) {
    let all = firstPart === 0 ? audience.users.length : 0;
    for (const key of audience.topics) all += (await findTopic(tx, workspaceId, key))?.subscribers ?? 0;
    return all + (audience.everyone ? await countUsers(tx, workspaceId) : 0);
  },
  async page(ctx, { trigger, audience, firstPart }, after): Promise<AudiencePage<Addressed>> {
    const [part, behind] = placeOf(after, firstPart);
    const { users, last } = await pageOf(ctx, audience, part, behind);
    const excluded = part === 0 ? null : trigger.actor;
    const items = users.filter((user) => user !== excluded).map((user) => ({ user, isNamed: part === 0 }));
    if (last !== null) return { items, next: `${part} ${last}` };
    return { items, next: part + 1 < partsOf(audience) ? `${part + 1} ` : null };
  },
  async run(ctx, { trigger }, items, { isLast }) {
    const reached = items.length > 0 ? await begin(ctx, trigger, items) : 0;
    await addReached(ctx.tx, ctx.workspaceId, trigger.id, reached, isLast);
    ctx.tx.afterCommit(() => engine.of(ctx).wake(true));
  },
});

interface Addressed {
  user: string;
  /** By id, and not as somebody who is in a list: so it may be somebody new. */
  isNamed: boolean;
}

/** The part of the audience and where in it the next page begins. */
function placeOf(after: string, firstPart: number): [part: number, after: string] {
  if (after === '') return [firstPart, ''];
  const end = after.indexOf(' ');
  return [Number(after.slice(0, end)), after.slice(end + 1)];
}

async function begin(ctx: Context, trigger: TriggerRow, items: readonly Addressed[]): Promise<number> {
  const { tx, workspaceId } = ctx;
  const now = ctx.clock.now();
  const users = items.map((item) => item.user);
  const named = items.filter((item) => item.isNamed).map((item) => item.user);
  if (named.length > 0) await addMissingUsers(tx, workspaceId, named, now);
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
