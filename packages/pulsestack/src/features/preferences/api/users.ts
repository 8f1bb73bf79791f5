import {
  Channel,
  PageQuery,
  PreferenceChange,
  Preferences,
  PreferencesPatch,
  pageOf,
  Slug,
  UserId,
} from '@pulsestack/core';
import { z } from 'zod';
import { actingUser } from '../../../kernel/context.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { pageUrl, signLink } from '../links.ts';
import { changePreferences, ensureUser, getPreferences } from '../preferences.ts';
import { listChanges } from '../store/choices.ts';
import { toChange } from '../view.ts';

const params = z.strictObject({ id: UserId });
const example = {
  channels: { sms: false },
  categories: { general: { cadence: { every: 'daily', at: '08:00' } } },
} as const;
const patching =
  'A merge patch: what is left out stays, null takes a choice back so that the default counts again. What the workspace forces, or a critical category, cannot be changed (409).';

const get = operation({
  id: 'preferences.get',
  method: 'GET',
  path: '/v1/users/{id}/preferences',
  summary: 'Get the preferences of a user',
  description: 'Every value as it works now, who decided it, and what the user cannot change.',
  allow: 'preferences.read',
  params,
  output: Preferences,
  errors: ['resource.not_found'],
  run: (ctx, { params }) => getPreferences(ctx, params.id),
});

const update = operation({
  id: 'preferences.update',
  method: 'PATCH',
  path: '/v1/users/{id}/preferences',
  summary: 'Change the preferences of a user',
  description: patching,
  allow: 'preferences.write',
  params,
  body: PreferencesPatch,
  output: Preferences,
  errors: ['resource.not_found', 'preferences.forced'],
  example,
  audit: {
    action: 'preferences.updated',
    target: ({ params }) => params.id,
    detail: ({ body }) => ({ fields: Object.keys(body) }),
  },
  run: (ctx, { params, body }) => changePreferences(ctx, params.id, body, 'api'),
});

const history = operation({
  id: 'preferences.history',
  method: 'GET',
  path: '/v1/users/{id}/preferences/history',
  summary: 'List who changed the preferences of a user, and when',
  allow: 'preferences.read',
  params,
  query: PageQuery,
  output: pageOf(PreferenceChange),
  errors: ['resource.not_found', 'request.cursor_invalid'],
  async run(ctx, { params, query }) {
    const before = query.cursor ? String(decodeCursor('preferences.history', query.cursor, ['string'])[0]) : null;
    const rows = await listChanges(ctx.tx, ctx.workspaceId, params.id, { before, limit: query.limit + 1 });
    if (rows.length === 0) await getPreferences(ctx, params.id);
    return toPage(rows, query.limit, toChange, (row) => encodeCursor('preferences.history', [row.id]));
  },
});

const link = operation({
  id: 'preferences.createLink',
  method: 'POST',
  path: '/v1/users/{id}/preference-links',
  summary: 'Make a link to the preference page of a user',
  description: 'Whoever has the link can change these preferences until it ends, without signing in.',
  allow: 'preferences.write',
  params,
  body: z.strictObject({
    category: Slug.default('general').meta({ description: 'What the page offers to unsubscribe from first' }),
    workflow: Slug.nullish(),
    channel: Channel.default('email'),
    ttlHours: z.number().int().min(1).max(9600).default(72),
  }),
  output: z.object({ url: z.string(), unsubscribeUrl: z.string(), expiresAt: z.string() }),
  status: 201,
  errors: ['resource.not_found'],
  example: { category: 'general', ttlHours: 72 },
  audit: { action: 'preferences.link_created', target: ({ params }) => params.id },
  async run(ctx, { params, body }) {
    await getPreferences(ctx, params.id);
    const expiresAt = new Date(ctx.clock.nowMs() + body.ttlHours * 3_600_000);
    const subject = {
      workspaceId: ctx.workspaceId,
      userId: params.id,
      category: body.category,
      workflow: body.workflow ?? null,
      channel: body.channel,
    };
    return {
      url: pageUrl(ctx, signLink(ctx, 'preferences', subject, expiresAt)),
      unsubscribeUrl: `${ctx.settings.publicUrl}/u/${signLink(ctx, 'unsubscribe', subject, expiresAt)}`,
      expiresAt: expiresAt.toISOString(),
    };
  },
});

const getMine = operation({
  id: 'preferences.getMine',
  method: 'GET',
  path: '/v1/me/preferences',
  summary: 'Get my preferences',
  allow: 'inbox',
  output: Preferences,
  async run(ctx) {
    const userId = actingUser(ctx);
    await ensureUser(ctx, userId);
    return getPreferences(ctx, userId);
  },
});

const updateMine = operation({
  id: 'preferences.updateMine',
  method: 'PATCH',
  path: '/v1/me/preferences',
  summary: 'Change my preferences',
  description: patching,
  allow: 'inbox',
  body: PreferencesPatch,
  output: Preferences,
  errors: ['resource.not_found', 'preferences.forced'],
  example,
  audit: 'own-record',
  async run(ctx, { body }) {
    const userId = actingUser(ctx);
    await ensureUser(ctx, userId);
    return changePreferences(ctx, userId, body, 'inbox');
  },
});

export const userPreferenceOperations = [get, update, history, link, getMine, updateMine];
