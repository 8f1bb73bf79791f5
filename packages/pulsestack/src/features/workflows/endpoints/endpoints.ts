import type { EndpointInput, WorkflowEndpoint } from '@pulsestack/core';
import type { Context } from '../../../kernel/context.ts';
import { fail, notFound } from '../../../kernel/errors.ts';
import { refuseBeyond } from '../../../kernel/limits.ts';
import { part } from '../../../kernel/sql.ts';
import { allSteps } from '../compile.ts';
import { publishedVersions } from '../store/definitions.ts';
import * as store from '../store/endpoints.ts';
import { SECRET_PURPOSE } from './ask.ts';

const MAX_ENDPOINTS = 50;
const SECRET_BYTES = 32;
const HINT_CHARS = 4;
/** For so long both secrets sign, which is time enough to deploy the new one. */
const OVERLAP_MS = 24 * 60 * 60 * 1000;

type WithSecret = WorkflowEndpoint & { secret: string };

/** Registers an address of the host application. Its secret is told once. */
export async function createEndpoint(ctx: Context, { key, url }: EndpointInput): Promise<WithSecret> {
  const limit = { table: part`workflow_endpoints`, most: MAX_ENDPOINTS, what: 'workflow endpoints' };
  await refuseBeyond(ctx.tx, ctx.workspaceId, limit);
  const secret = makeSecret(ctx);
  const made = await store.insertEndpoint(ctx.tx, ctx.workspaceId, { key, url, ...secret.kept }, ctx.clock.now());
  if (!made) throw fail('resource.exists', `There is a workflow endpoint "${key}" already.`);
  return { ...(await getEndpoint(ctx, key)), secret: secret.told };
}

export async function getEndpoint(ctx: Context, key: string): Promise<WorkflowEndpoint> {
  const row = await store.findEndpoint(ctx.tx, ctx.workspaceId, key);
  if (!row) throw notFound('workflow endpoint');
  return toEndpoint(row);
}

/** The application has moved; its secret stays. */
export async function moveEndpoint(ctx: Context, key: string, url: string): Promise<WorkflowEndpoint> {
  if (!(await store.moveEndpoint(ctx.tx, ctx.workspaceId, key, url, ctx.clock.now())))
    throw notFound('workflow endpoint');
  return getEndpoint(ctx, key);
}

/** A new secret, told once. The former one signs as well for a day. */
export async function rotateSecret(ctx: Context, key: string): Promise<WithSecret> {
  const secret = makeSecret(ctx);
  const now = ctx.clock.now();
  const formerUntil = new Date(now.getTime() + OVERLAP_MS);
  if (!(await store.rotateEndpoint(ctx.tx, ctx.workspaceId, key, { ...secret.kept, formerUntil }, now)))
    throw notFound('workflow endpoint');
  return { ...(await getEndpoint(ctx, key)), secret: secret.told };
}

/** Forgets an endpoint that nothing published calls any more. */
export async function removeEndpoint(ctx: Context, key: string): Promise<void> {
  await getEndpoint(ctx, key);
  const users = (await publishedVersions(ctx.tx, ctx.workspaceId)).filter(
    ({ active, definition }) =>
      active && allSteps(definition?.steps ?? []).some((step) => step.type === 'code' && step.endpoint === key),
  );
  if (users.length > 0)
    throw fail(
      'resource.conflict',
      `Workflows have steps that run there: ${users.map((one) => one.key).join(', ')}. Archive them or publish them without those steps first.`,
    );
  await store.deleteEndpoint(ctx.tx, ctx.workspaceId, key);
}

function makeSecret(ctx: Pick<Context, 'seal' | 'randomBytes'>) {
  const secret = ctx.randomBytes(SECRET_BYTES);
  const told = `whsec_${secret.toString('base64')}`;
  return { told, kept: { secret: ctx.seal.seal(secret, SECRET_PURPOSE), hint: told.slice(-HINT_CHARS) } };
}

export function toEndpoint(row: store.EndpointRow): WorkflowEndpoint {
  return {
    key: row.key,
    url: row.url,
    hint: row.secret_hint,
    rotatingUntil: row.former_until?.toISOString() ?? null,
    syncedAt: row.synced_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
