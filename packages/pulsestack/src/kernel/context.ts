import type { Permission } from '@pulsestack/core';
import { fail } from './errors.ts';
import type { Runtime } from './runtime.ts';
import type { Transaction } from './tenancy.ts';

/** Who is asking. */
export type Principal =
  | { kind: 'anonymous' }
  | { kind: 'key'; id: string; name: string; workspaceId: string; permissions: ReadonlySet<Permission> }
  | {
      kind: 'member';
      id: string;
      name: string;
      accountId: string;
      sessionId: string;
      workspaceId: string;
      role: string;
      permissions: ReadonlySet<Permission>;
      expiresAtMs: number;
    }
  | { kind: 'user'; id: string; workspaceId: string; expiresAtMs: number };

/** One request (or one job): the runtime, who asks, and the transaction it runs in. */
export interface Context extends Runtime {
  principal: Principal;
  /** Empty for requests that belong to no workspace. */
  workspaceId: string;
  /** The correlation id: the same from the request through events, jobs and streams. */
  requestId: string;
  ip: string | null;
  userAgent: string | null;
  cookies: Record<string, string>;
  /** The page that asks, when a browser says so. */
  origin: string | null;
  /** The Idempotency-Key header, already checked and scoped to whoever asks; only operations without a transaction of their own handle it themselves. */
  idempotencyKey: string | undefined;
  /** What makes this request the same as another (see idempotency.ts). Computed on demand. */
  fingerprint(): string;
  /** The transaction of this request; an operation with `transaction: 'none'` opens its own by `ctx.db`. */
  tx: Transaction;
}

/** The context of work that nobody asked for at this moment: what a timer, a queue or a schedule does in a workspace. */
export function workContext(runtime: Runtime, workspaceId: string, correlationId: string, tx: Transaction): Context {
  return {
    ...runtime,
    principal: { kind: 'anonymous' },
    workspaceId,
    requestId: correlationId,
    ip: null,
    userAgent: null,
    cookies: {},
    origin: null,
    idempotencyKey: undefined,
    fingerprint: () => '',
    tx,
  };
}

/** Has the caller this permission? For decisions inside an operation, beyond its own `allow`. */
export function can(ctx: Context, permission: Permission): boolean {
  return (ctx.principal.kind === 'key' || ctx.principal.kind === 'member') && ctx.principal.permissions.has(permission);
}

/** Stops with 403 and the name of the missing permission. */
export function demand(ctx: Context, permission: Permission): void {
  if (!can(ctx, permission)) throw fail('auth.forbidden', `This needs the permission "${permission}".`);
}

/** The user whose inbox this is: the token's user, or the member's own. */
export function actingUser(ctx: Context): string {
  if (ctx.principal.kind === 'user' || ctx.principal.kind === 'member') return ctx.principal.id;
  throw fail('auth.forbidden', 'An inbox is read with a user token; mint one with POST /v1/users/{id}/tokens.');
}
