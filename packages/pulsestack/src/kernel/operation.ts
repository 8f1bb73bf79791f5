import type { ErrorCode, Permission } from '@pulsestack/core';
import type { z } from 'zod';
import type { Context } from './context.ts';

/**
 * Who may call: `public` anyone, `account` a signed-in person, `owner` the owner of the workspace,
 * `inbox` a user token or a member (for their own inbox), otherwise an API key or member with that permission.
 */
export type Access = 'public' | 'account' | 'owner' | 'inbox' | Permission;

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

export interface Input<P, Q, B> {
  params: Parsed<P>;
  query: Parsed<Q>;
  body: Parsed<B>;
}

/** What the audit log says of a change. Secrets never belong into `detail`. */
export interface Audit<I, O> {
  action: string;
  target?(input: I, output: O): string | null;
  detail?(input: I, output: O): Record<string, unknown>;
}

/** What the transport adds to an answer. */
export interface Reply {
  headers: Record<string, string | string[]>;
}

interface Spec<P, Q, B, O> {
  /** Room and verb: `inbox.markRead`. Becomes the OpenAPI operationId and the SDK method. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{name}` for parameters. */
  path: string;
  summary: string;
  description?: string;
  allow: Access;
  params?: P;
  query?: Q;
  body?: B;
  /** The answer; null for 204. */
  output: O;
  status?: 200 | 201 | 202 | 204;
  errors?: readonly ErrorCode[];
  /** A body that works, for the reference and for the tests. */
  example?: B extends z.ZodType ? z.input<B> : never;
  /** Required for whatever changes something; `own-record` says that the row written tells who did it. */
  audit?: Audit<Input<P, Q, B>, Parsed<O>> | 'own-record';
  /** `workspace` (default) or `system` opens a transaction around `run`; `none` leaves it to the operation. */
  transaction?: 'workspace' | 'system' | 'none';
  /** Which bucket of the rate limits it draws from. */
  limit?: 'default' | 'sign-in';
  bodyLimitBytes?: number;
  /** Takes a CloudEvent whose attributes are in headers as well; its body is then the envelope. */
  cloudEvents?: boolean;
  run(ctx: Context, input: Input<P, Q, B>, reply: Reply): Promise<O extends z.ZodType ? z.input<O> : void>;
}

/** An operation whose shape is not known: what registries hold. */
export interface AnyOperation {
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  summary: string;
  description?: string;
  allow: Access;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  output: z.ZodType | null;
  status?: number;
  errors?: readonly ErrorCode[];
  example?: unknown;
  audit?: AnyAudit | 'own-record';
  transaction?: 'workspace' | 'system' | 'none';
  limit?: 'default' | 'sign-in';
  bodyLimitBytes?: number;
  cloudEvents?: boolean;
  run(ctx: Context, input: { params: unknown; query: unknown; body: unknown }, reply: Reply): Promise<unknown>;
}

export interface AnyAudit {
  action: string;
  target?(input: unknown, output: unknown): string | null;
  detail?(input: unknown, output: unknown): Record<string, unknown>;
}

/** Declares an operation. From it come the route, OpenAPI, SDK method, permission check, limits, audit line and tests. */
export function operation<
  const P extends z.ZodType | undefined = undefined,
  const Q extends z.ZodType | undefined = undefined,
  const B extends z.ZodType | undefined = undefined,
  const O extends z.ZodType | null = null,
>(spec: Spec<P, Q, B, O>): AnyOperation {
  return spec as AnyOperation;
}

/** The status of the good answer. */
export function successStatus(op: AnyOperation): number {
  return op.status ?? (op.output === null ? 204 : 200);
}

/**
 * May the operation be repeated under an Idempotency-Key? Those that answer with secrets may not, because the answer
 * would have to be kept.
 */
export function acceptsIdempotencyKey(op: AnyOperation): boolean {
  if (op.method === 'GET') return false;
  return (op.transaction ?? 'workspace') === 'workspace' || (op.errors ?? []).includes('idempotency.mismatch');
}
