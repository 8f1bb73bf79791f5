import { type PreferenceChange, type Preferences, type PreferencesPatch, streams } from '@pulsestack/core';
import { actorOf } from '../../kernel/audit.ts';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { announce } from '../../kernel/event.ts';
import { upsertUsers } from '../audience/index.ts';
import { applyPatch, refusePatch } from './choices.ts';
import type { UserPreferences } from './decide.ts';
import { preferencesUpdated } from './events.ts';
import { loadRules, ofUser } from './load.ts';
import * as store from './store/choices.ts';
import { readUsers } from './store/load.ts';
import * as registry from './store/registry.ts';
import { toPreferences } from './view.ts';

/** The preferences of a user as they work now. */
export async function getPreferences(ctx: Context, userId: string): Promise<Preferences> {
  const { preferences, updatedAt } = await getUser(ctx, userId);
  return toPreferences(preferences, ctx.clock.now(), updatedAt);
}

/** Changes what a user has chosen, with a line of history that says who did it. */
export async function changePreferences(
  ctx: Context,
  userId: string,
  patch: PreferencesPatch | ((current: UserPreferences) => PreferencesPatch),
  source: PreferenceChange['source'],
): Promise<Preferences> {
  const now = ctx.clock.now();
  await getUser(ctx, userId);
  const choices = await store.lockChoices(ctx.tx, ctx.workspaceId, userId, now);
  const { preferences } = await getUser(ctx, userId);
  const wanted = typeof patch === 'function' ? patch({ ...preferences, choices }) : patch;
  const refusal = refusePatch(preferences.rules, wanted);
  // Whoever wants no more of something may say so, described or not.
  if (refusal?.kind === 'unknown' && source !== 'unsubscribe')
    throw fail('resource.not_found', 'There is no such category or workflow.', { fields: refusal.fields });
  if (refusal?.kind === 'forced')
    throw fail('preferences.forced', 'The workspace does not let users change this.', { fields: refusal.fields });
  const changed = applyPatch(choices, wanted, { at: now, source });
  if (changed.changes.length > 0) {
    const actor = actorOf(ctx);
    await store.writeChoices(ctx.tx, ctx.workspaceId, userId, changed.choices, {
      id: ctx.newId('preferenceChange'),
      at: now,
      actor_kind: actor.kind,
      actor_id: actor.id,
      source,
      changes: changed.changes,
    });
    const data = { userId, source, changed: changed.changes.map((change) => change.path) };
    await announce(
      ctx,
      ctx.tx,
      ctx.workspaceId,
      [{ event: preferencesUpdated, data, stream: streams.user(userId) }],
      ctx.requestId,
    );
  }
  const { updatedAt } = await getUser(ctx, userId);
  return toPreferences({ ...preferences, choices: changed.choices }, now, updatedAt);
}

/** Makes the user of a token known, who may choose before the first message. */
export async function ensureUser(ctx: Context, userId: string): Promise<void> {
  const [row] = await readUsers(ctx.tx, ctx.workspaceId, [userId]);
  if (!row) await upsertUsers(ctx.tx, ctx.workspaceId, [{ id: userId }], ctx.clock.now());
}

async function getUser(
  ctx: Context,
  userId: string,
): Promise<{ preferences: UserPreferences; updatedAt: Date | null }> {
  const rules = await loadRules(ctx.tx, ctx.workspaceId);
  const [row] = await readUsers(ctx.tx, ctx.workspaceId, [userId]);
  if (!row) throw notFound('user');
  return { preferences: ofUser(rules, userId, row), updatedAt: row.updated_at };
}

/**
 * Makes a workflow known to users, who can then choose about it; its category comes into being with it. To be called when a
 * workflow is published, in the same transaction. What the workspace has said of it stays.
 */
export async function registerWorkflow(
  ctx: Pick<Context, 'tx' | 'workspaceId' | 'clock'>,
  rule: { workflow: string; name: string; category: string; critical: boolean },
): Promise<void> {
  await registry.addCategory(ctx.tx, ctx.workspaceId, rule.category, titleOf(rule.category), ctx.clock.now());
  await registry.putWorkflow(ctx.tx, ctx.workspaceId, rule);
}

function titleOf(key: string): string {
  const words = key.replaceAll(/[._-]+/g, ' ').trim();
  return words === '' ? key : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
