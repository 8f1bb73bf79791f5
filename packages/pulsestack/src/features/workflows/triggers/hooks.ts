import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import {
  type EventAccepted,
  EventInput,
  type HookInput,
  type HookMapping,
  type HookSignature,
  type InboundHook,
} from '@pulsestack/core';
import { type Context, workContext } from '../../../kernel/context.ts';
import { fail, notFound, ProductError } from '../../../kernel/errors.ts';
import { refuseBeyond } from '../../../kernel/limits.ts';
import { holds } from '../../../kernel/logic.ts';
import type { Runtime } from '../../../kernel/runtime.ts';
import { part } from '../../../kernel/sql.ts';
import { lookUp } from '../engine/text.ts';
import * as store from '../store/hooks.ts';
import { transactionIdOf } from './cloud-event.ts';
import { trigger } from './trigger.ts';

const PURPOSE = 'inbound hook';
const MAX_HOOKS = 200;
const TOKEN_BYTES = 24;
const HINT_CHARS = 4;
const TOLERANCE_S = 300;

/** Makes an address that others post to. Its token is told once. */
export async function createHook(ctx: Context, input: HookInput): Promise<{ hook: InboundHook; token: string }> {
  await refuseBeyond(ctx.tx, ctx.workspaceId, { table: part`inbound_hooks`, most: MAX_HOOKS, what: 'inbound hooks' });
  const id = ctx.newId('hook');
  const token = `hk_${ctx.randomBytes(TOKEN_BYTES).toString('base64url')}`;
  await store.insertHook(
    ctx.tx,
    {
      workspaceId: ctx.workspaceId,
      id,
      tokenHash: hashOf(token),
      hint: token.slice(-HINT_CHARS),
      ...fieldsOf(ctx, input),
    },
    ctx.clock.now(),
  );
  return { hook: await getHook(ctx, id), token };
}

export async function updateHook(ctx: Context, id: string, input: HookInput): Promise<InboundHook> {
  if (!(await store.updateHook(ctx.tx, ctx.workspaceId, id, fieldsOf(ctx, input)))) throw notFound('hook');
  return getHook(ctx, id);
}

export async function getHook(ctx: Context, id: string): Promise<InboundHook> {
  const row = await store.findHook(ctx.tx, ctx.workspaceId, id);
  if (!row) throw notFound('hook');
  return toHook(row);
}

function fieldsOf(ctx: Pick<Runtime, 'seal'>, { name, mapping, signature, secret, enabled }: HookInput) {
  return {
    name,
    mapping,
    signature,
    enabled,
    secret: secret === undefined ? null : ctx.seal.seal(Buffer.from(secret), PURPOSE),
  };
}

export function toHook(row: store.HookRow): InboundHook {
  return {
    id: row.id,
    name: row.name,
    mapping: row.mapping,
    signature: row.signature,
    enabled: row.enabled,
    hint: row.token_hint,
    received: row.received,
    lastAt: row.last_at?.toISOString() ?? null,
    lastError: row.last_error,
    createdAt: row.created_at.toISOString(),
  };
}

/** One request to such an address, as it came. */
export interface Received {
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
  requestId: string;
  /** Called with the hook once the request is known to be the sender's own; throws when it is one too many. */
  admit(hookId: string): void;
}

/**
 * Makes an event of a request to a hook. Null when its condition does not hold. An unknown or disabled address is missing; a
 * wrong signature is refused before the body is read.
 */
export async function receiveHook(runtime: Runtime, token: string, received: Received): Promise<EventAccepted | null> {
  const hook = await runtime.db.inSystem((tx) => store.findHookByToken(tx, hashOf(token)));
  if (!hook?.enabled) throw notFound('hook');
  const { workspace_id: workspaceId } = hook;
  const note = (error: string | null) =>
    runtime.db.inWorkspace(workspaceId, (tx) =>
      store.noteReceived(tx, workspaceId, hook.id, error, runtime.clock.now()),
    );
  try {
    if (hook.signature) {
      const secret = hook.secret ? runtime.seal.open(hook.secret, PURPOSE).toString() : '';
      if (!isSigned(hook.signature, secret, received, runtime.clock.nowMs()))
        throw fail('auth.invalid', 'The signature is missing or wrong.');
    }
    received.admit(hook.id);
    const data = { headers: received.headers, body: parse(received.body) };
    if (hook.mapping.if !== undefined && !holds(hook.mapping.if, data)) {
      await note(null);
      return null;
    }
    const event = eventOfMapping(hook.mapping, data, received.headers['webhook-id']);
    const { tx: _none, ...ctx } = workContext(runtime, workspaceId, received.requestId, undefined as never);
    const accepted = await trigger(ctx as Context, event, { source: `hook ${hook.id}` });
    await note(null);
    return accepted;
  } catch (error) {
    // What is too much is not written down: it would cost what the limit saves.
    if (error instanceof ProductError && error.status !== 429) await note(error.message.slice(0, 500));
    throw error;
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (cause) {
    throw fail('request.malformed', undefined, { cause });
  }
}

/**
 * Applies a mapping to what came in; what comes out must be an event as anybody sends it. `givenId` is how its carrier names
 * it, when the mapping finds no id of the sender.
 */
export function eventOfMapping(mapping: HookMapping, data: object, givenId: string | undefined): EventInput {
  const found = 'value' in mapping.name ? mapping.name.value : lookUp(data, mapping.name.path);
  const name = [mapping.prefix, nameOf(found)].filter(Boolean).join('.');
  const payload = lookUp(data, mapping.payload);
  const id = mapping.transactionId === undefined ? givenId : lookUp(data, mapping.transactionId);
  const parsed = EventInput.safeParse({
    name,
    ...toOf(mapping.to, data),
    payload:
      typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : { value: payload ?? null },
    ...(id === undefined || id === null ? {} : { transactionId: transactionIdOf(`${name} ${String(id)}`) }),
  });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => ({
    in: 'body' as const,
    field: `/${issue.path.join('/')}`,
    message: issue.message,
  }));
  throw fail('request.invalid', `The mapping makes no event of this: ${fields[0]?.field} ${fields[0]?.message}`, {
    fields,
  });
}

function toOf(to: HookMapping['to'], data: object): { to?: unknown } {
  if (to === undefined) return {};
  if ('topic' in to) return { to: { topic: to.topic } };
  const found = 'value' in to ? to.value : lookUp(data, to.path);
  if (found === undefined) return {};
  // Whoever posts names users and nothing more: an object could mean everyone, or give a user another address.
  const ids = [found].flat();
  if (!ids.every((id) => typeof id === 'string' || typeof id === 'number'))
    throw fail('request.invalid', 'What the mapping finds for `to` is neither the id of a user nor a list of ids.');
  return { to: Array.isArray(found) ? ids.map(String) : String(found) };
}

function nameOf(found: unknown): string {
  return String(found ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.-]+/g, '_')
    .replaceAll(/^[._]+|[._]+$/g, '');
}

function isSigned(signature: HookSignature, secret: string, { headers, body }: Received, nowMs: number): boolean {
  if (signature.kind === 'hmac') {
    const given = headers[signature.header] ?? '';
    const expected = `${signature.prefix}${createHmac('sha256', secret).update(body).digest(signature.encoding)}`;
    return isEqual(given, expected);
  }
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signatures = '' } = headers;
  // An old request, kept and sent again by somebody else, is no request.
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowMs / 1000 - Number(timestamp)) > TOLERANCE_S) return false;
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return signatures.split(' ').some((one) => isEqual(one, `v1,${expected}`));
}

function isEqual(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
