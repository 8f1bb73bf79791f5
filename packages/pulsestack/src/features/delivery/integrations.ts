import type { Integration, IntegrationInput, IntegrationPatch, ProviderInfo } from '@pulsestack/core';
import { z } from 'zod';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { refuseBeyond } from '../../kernel/limits.ts';
import { outgoing } from '../../kernel/outgoing.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { part } from '../../kernel/sql.ts';
import type { Provider, SendOutcome } from '../../ports/channel.ts';
import { routes } from './routes.ts';
import * as store from './store/integrations.ts';

const MAX_INTEGRATIONS = 100;
const TEST_TIMEOUT_MS = 15_000;

/** What can be connected. */
export function listProviders(runtime: Pick<Runtime, 'providers'>): ProviderInfo[] {
  return runtime.providers.map(({ id, channel, name, credentials, settings }) => ({
    id,
    channel,
    name,
    credentials: schemaOf(credentials),
    settings: schemaOf(settings),
  }));
}

type JsonSchema = ProviderInfo['credentials'];

function schemaOf(schema: z.ZodType): JsonSchema {
  return z.record(z.string(), z.json()).parse(z.toJSONSchema(schema, { io: 'input' }));
}

export async function connect(ctx: Context, input: IntegrationInput): Promise<Integration> {
  const provider = ctx.providers.find(({ id }) => id === input.provider);
  if (!provider) {
    const known = ctx.providers.map(({ id }) => id).join(', ');
    throw invalid('There is no such provider.', [{ field: '/provider', message: `must be one of ${known}` }]);
  }
  const credentials = check(provider.credentials, input.credentials, '/credentials');
  const settings = check(provider.settings, input.settings, '/settings');
  await refuseBeyond(ctx.tx, ctx.workspaceId, {
    table: part`integrations`,
    most: MAX_INTEGRATIONS,
    what: 'integrations',
  });
  const id = ctx.newId('integration');
  const row = await store.insertIntegration(
    ctx.tx,
    {
      workspace_id: ctx.workspaceId,
      id,
      channel: provider.channel,
      provider: provider.id,
      name: input.name ?? provider.name,
      credentials: sealCredentials(ctx, id, credentials),
      hints: provider.hints(credentials),
      settings,
      enabled: input.enabled,
    },
    ctx.clock.now(),
  );
  forgetRoutes(ctx);
  return toIntegration(ctx, row);
}

export async function change(ctx: Context, id: string, patch: IntegrationPatch): Promise<Integration> {
  const before = await getRow(ctx, id);
  const provider = providerOf(ctx, before);
  const credentials =
    patch.credentials === undefined ? undefined : check(provider.credentials, patch.credentials, '/credentials');
  const settings = patch.settings === undefined ? null : check(provider.settings, patch.settings, '/settings');
  const row = await store.updateIntegration(
    ctx.tx,
    ctx.workspaceId,
    id,
    {
      name: patch.name ?? null,
      credentials: credentials ? sealCredentials(ctx, id, credentials) : null,
      hints: credentials ? provider.hints(credentials) : null,
      settings,
      enabled: patch.enabled ?? null,
    },
    ctx.clock.now(),
  );
  if (!row) throw notFound('integration');
  forgetRoutes(ctx);
  return toIntegration(ctx, row);
}

export async function disconnect(ctx: Context, id: string): Promise<void> {
  if (!(await store.deleteIntegration(ctx.tx, ctx.workspaceId, id))) throw notFound('integration');
  forgetRoutes(ctx);
}

export async function listAll(ctx: Context): Promise<Integration[]> {
  return (await store.listIntegrations(ctx.tx, ctx.workspaceId)).map((row) => toIntegration(ctx, row));
}

export async function getOne(ctx: Context, id: string): Promise<Integration> {
  return toIntegration(ctx, await getRow(ctx, id));
}

/** Puts the integrations of one channel into the order in which they are tried. */
export async function reorder(ctx: Context, ids: readonly string[]): Promise<Integration[]> {
  const rows = await store.listIntegrations(ctx.tx, ctx.workspaceId);
  const named = ids.map((id) => rows.find((row) => row.id === id));
  if (named.includes(undefined)) throw notFound('integration');
  const channel = named[0]?.channel;
  const all = rows.filter((row) => row.channel === channel);
  if (new Set(ids).size !== all.length || named.some((row) => row?.channel !== channel))
    throw invalid('Name every integration of one channel once.', [
      { field: '/ids', message: 'must hold every integration of one channel, each once' },
    ]);
  await store.orderIntegrations(ctx.tx, ctx.workspaceId, ids, ctx.clock.now());
  forgetRoutes(ctx);
  return (await listAll(ctx)).filter((one) => one.channel === channel);
}

/** What a test message says, in the shape of each channel. */
function sampleOf(channel: Provider['channel']) {
  const text = 'This is a test message. When you can read it, the connection works.';
  switch (channel) {
    case 'email':
      return { channel, subject: 'Test message', text, html: `<p>${text}</p>` };
    case 'in_app':
    case 'push':
      return { channel, title: 'Test message', body: text };
    case 'webhook':
      return { channel, body: { test: true, text } };
    default:
      return { channel, body: text };
  }
}

export interface TestResult {
  outcome: SendOutcome['outcome'];
  class: string | null;
  detail: string | null;
}

/** Sends a test message past decisions, queue and circuit breaker, and says what the provider answered. */
export async function sendTest(ctx: Context, id: string, to: string): Promise<TestResult> {
  // The network is asked outside of the transaction.
  const row = await ctx.db.inWorkspace(ctx.workspaceId, (tx) => getRow({ ...ctx, tx }, id));
  const provider = providerOf(ctx, row);
  const connection = provider.connect(
    { credentials: openCredentials(ctx, row), settings: row.settings },
    { http: outgoing.of(ctx), nowMs: () => ctx.clock.nowMs() },
  );
  const messageId = ctx.newId('message');
  try {
    const answer = await connection.send(
      {
        id: messageId,
        workspaceId: ctx.workspaceId,
        userId: 'test',
        to,
        category: 'test',
        workflow: null,
        content: sampleOf(provider.channel),
        createdAt: ctx.clock.now(),
        unsubscribeUrl: null,
      },
      { idempotencyKey: messageId, signal: AbortSignal.timeout(TEST_TIMEOUT_MS) },
    );
    return {
      outcome: answer.outcome,
      class: answer.outcome === 'accepted' ? null : answer.class,
      detail: answer.detail ?? null,
    };
  } finally {
    await connection.close();
  }
}

export function sealCredentials(ctx: Pick<Runtime, 'seal'>, id: string, credentials: object): Buffer {
  return ctx.seal.seal(Buffer.from(JSON.stringify(credentials)), `integration ${id}`);
}

export function openCredentials(ctx: Pick<Runtime, 'seal'>, row: store.IntegrationRow): unknown {
  return JSON.parse(ctx.seal.open(row.credentials, `integration ${row.id}`).toString());
}

function forgetRoutes(ctx: Context): void {
  ctx.tx.afterCommit(() => routes.of(ctx).forget(ctx.workspaceId));
}

async function getRow(ctx: Context, id: string): Promise<store.IntegrationRow> {
  const row = await store.findIntegration(ctx.tx, ctx.workspaceId, id);
  if (!row) throw notFound('integration');
  return row;
}

function providerOf(ctx: Context, row: store.IntegrationRow): Provider {
  const provider = ctx.providers.find(({ id }) => id === row.provider);
  if (!provider)
    throw fail('resource.conflict', `This build has no provider "${row.provider}"; disconnect the integration.`);
  return provider;
}

function check(schema: z.ZodObject, value: unknown, at: string): Record<string, unknown> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(
    undefined,
    parsed.error.issues.map((issue) => ({
      field: [at, ...issue.path.map(String)].join('/'),
      message: issue.message,
    })),
  );
}

function invalid(sentence: string | undefined, fields: { field: string; message: string }[]) {
  return fail('request.invalid', sentence, { fields: fields.map((one) => ({ in: 'body', ...one })) });
}

function toIntegration(ctx: Context, row: store.IntegrationRow): Integration {
  const isOut = row.out_until !== null && row.out_until > ctx.clock.now();
  return {
    id: row.id,
    provider: row.provider,
    channel: row.channel,
    name: row.name,
    position: row.position,
    enabled: row.enabled,
    credentials: row.hints,
    settings: row.settings,
    health: {
      state: isOut ? 'out' : row.out_until ? 'trying' : 'working',
      failures: row.failures,
      retryAt: row.out_until?.toISOString() ?? null,
      lastError: row.last_error,
    },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
