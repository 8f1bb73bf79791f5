import type { Problem } from '@pulsestack/core';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { authenticate } from '../../features/accounts/index.ts';
import { audit } from '../../kernel/audit.ts';
import { envelopeOf, isBinaryCloudEvent } from '../../kernel/cloud-events.ts';
import type { Context, Principal } from '../../kernel/context.ts';
import { fail, ProductError, toProblem } from '../../kernel/errors.ts';
import { claimKey, fingerprint, parseIdempotencyKey, rememberAnswer, scopeKey } from '../../kernel/idempotency.ts';
import { type AnyOperation, type Reply, successStatus } from '../../kernel/operation.ts';
import { type Draw, networkOf, RateLimiter } from '../../kernel/rate-limit.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { authorize } from './authorize.ts';
import { parseJsonBody } from './body.ts';
import { parseCookies } from './cookies.ts';
import { invalid, validate } from './validate.ts';

export interface HttpOptions {
  operations: readonly AnyOperation[];
  /** Checks every answer against its description; for tests, where a mismatch must not go unnoticed. */
  checkAnswers?: boolean;
  trustProxy?: boolean | string;
  bodyLimitBytes?: number;
  /** Adds what is no operation: streams, pages, metrics. */
  extend?(server: FastifyInstance, http: HttpKit): void | Promise<void>;
}

/** What other routes of the process need to behave like operations. */
export interface HttpKit {
  /** Who asks, counted against the limits. */
  admit(request: FastifyRequest, reply: FastifyReply): Promise<Context>;
}

const DEFAULT_BODY_LIMIT = 1024 * 1024;
const REQUEST_ID = /^[A-Za-z0-9._:-]{8,128}$/;
const ROUTE_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Builds the HTTP side of the product: a route for each operation, and one place for errors. */
export async function createHttpServer(runtime: Runtime, options: HttpOptions): Promise<FastifyInstance> {
  const server = Fastify({
    logger: false,
    trustProxy: options.trustProxy ?? false,
    bodyLimit: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT,
    genReqId: (request) => requestIdOf(request.headers, runtime),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    forceCloseConnections: 'idle',
    // A slow sender may not hold a connection for ever.
    requestTimeout: 30_000,
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id);
      answerError(runtime, translate(error), request, reply);
    },
  });
  const limiter = new RateLimiter(runtime.clock);
  const duration = runtime.telemetry.histogram('http_request_seconds', 'Time to answer an operation', [
    'operation',
    'status',
  ]);

  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    /^application\/(?:[a-z0-9.+-]+\+)?json\b/i,
    { parseAs: 'buffer' },
    (_request, bytes, done) => {
      try {
        done(null, parseJsonBody(bytes as Buffer));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  server.setErrorHandler((error, request, reply) => answerError(runtime, translate(error), request, reply));
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const allowed = ROUTE_METHODS.filter((method) => server.findRoute({ method, url: path }) !== null);
    answerError(
      runtime,
      fail(
        'request.route_unknown',
        `There is nothing at ${request.method} ${path}.`,
        allowed.length > 0 ? { headers: { allow: allowed.join(', ') } } : {},
      ),
      request,
      reply,
    );
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
  });

  server.addHook('onResponse', async (request, reply) => {
    const { operation } = request.routeOptions.config as { operation?: string };
    if (!operation) return;
    duration.observe(reply.elapsedTime / 1000, { operation, status: String(reply.statusCode) });
    const ctx = contexts.get(request);
    runtime.log.debug(
      {
        requestId: request.id,
        operation,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        workspaceId: ctx?.workspaceId || undefined,
        caller: ctx?.principal.kind,
      },
      'answered',
    );
  });
  const contexts = new WeakMap<FastifyRequest, Context>();

  const admit = async (request: FastifyRequest, reply: FastifyReply, kind: 'default' | 'sign-in'): Promise<Context> => {
    let principal: Principal;
    try {
      principal = await authenticate(runtime, bearerOf(request.headers.authorization));
    } catch (error) {
      // Whoever shows what nobody gave out is a stranger.
      drawLimits(limiter, contextOf(runtime, request, { kind: 'anonymous' }), kind, reply);
      throw error;
    }
    const ctx = contextOf(runtime, request, principal);
    drawLimits(limiter, ctx, kind, reply);
    return ctx;
  };
  const kit: HttpKit = { admit: (request, reply) => admit(request, reply, 'default') };

  const methodsOf = new Map<string, string[]>();
  for (const op of options.operations) methodsOf.set(op.path, [...(methodsOf.get(op.path) ?? []), op.method]);

  for (const op of options.operations) {
    server.route({
      method: op.method,
      url: op.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      exposeHeadRoute: false,
      ...(op.bodyLimitBytes ? { bodyLimit: op.bodyLimitBytes } : {}),
      config: { operation: op.id },
      // Before the body is read: a stranger's megabyte is not worth parsing.
      onRequest: async (request, reply) => {
        const ctx = await admit(request, reply, op.limit ?? 'default');
        contexts.set(request, ctx);
        authorize(ctx, op.allow);
      },
      handler: async (request, reply) => {
        const ctx = contexts.get(request) as Context;
        const input = {
          params: validate(op.params, request.params, 'path'),
          query: validate(op.query, request.query, 'query'),
          body: validate(op.body, op.cloudEvents ? withEnvelope(request) : request.body, 'body'),
        };
        ctx.idempotencyKey = scopeKey(ctx.principal, parseIdempotencyKey(request.headers['idempotency-key']));
        ctx.fingerprint = () => fingerprint(op.id, request.url, request.body);
        const answer = await perform(ctx, op, input);
        for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value);
        if (options.checkAnswers) checkAnswer(op, answer.body);
        reply.code(answer.status);
        if (answer.status === 204) return reply.send();
        return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.body));
      },
    });
  }
  for (const [path, methods] of methodsOf) {
    const others = ROUTE_METHODS.filter((method) => !methods.includes(method));
    server.route({
      method: others,
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      exposeHeadRoute: false,
      handler: async (request) => {
        throw fail('request.method', `${path} answers ${methods.join(', ')}, not ${request.method}.`, {
          headers: { allow: methods.join(', ') },
        });
      },
    });
  }
  await options.extend?.(server, kit);
  return server;
}

interface Answer {
  status: number;
  body: unknown;
  headers: Reply['headers'];
}

/** Runs an operation as one story: claim the idempotency key, run, write the audit line, keep the answer, commit. */
async function perform(
  ctx: Context,
  op: AnyOperation,
  input: { params: unknown; query: unknown; body: unknown },
): Promise<Answer> {
  const reply: Reply = { headers: {} };
  const status = successStatus(op);
  const run = async (): Promise<Answer> => ({ status, body: await op.run(ctx, input, reply), headers: reply.headers });
  if (op.transaction === 'none') return run();

  const story = async (tx: Transaction): Promise<Answer> => {
    ctx.tx = tx;
    const key = op.method === 'GET' || tx.scope.kind === 'system' ? undefined : ctx.idempotencyKey;
    if (key !== undefined) {
      const before = await claimKey(tx, ctx.workspaceId, key, ctx.fingerprint());
      if (before) return { ...before, headers: { 'idempotency-replay': 'true' } };
    }
    const answer = await run();
    if (op.audit && op.audit !== 'own-record') {
      await audit(ctx, {
        action: op.audit.action,
        target: op.audit.target?.(input, answer.body) ?? null,
        detail: op.audit.detail?.(input, answer.body) ?? {},
      });
    }
    if (key !== undefined) await rememberAnswer(tx, ctx.workspaceId, key, answer);
    return answer;
  };
  return op.transaction === 'system' ? ctx.db.inSystem(story) : ctx.db.inWorkspace(ctx.workspaceId, story);
}

function contextOf(runtime: Runtime, request: FastifyRequest, principal: Principal): Context {
  const { headers } = request;
  return {
    ...runtime,
    log: runtime.log,
    principal,
    workspaceId: principal.kind === 'anonymous' ? '' : principal.workspaceId,
    requestId: request.id,
    ip: request.ip ?? null,
    userAgent: headers['user-agent']?.slice(0, 300) ?? null,
    cookies: headers.cookie === undefined ? {} : parseCookies(headers.cookie),
    origin: headers.origin ?? null,
    idempotencyKey: undefined,
    fingerprint: () => '',
    tx: outsideTransaction,
  };
}

/** The body, in the envelope that its headers describe when it is a CloudEvent in binary mode. */
function withEnvelope({ headers, body }: FastifyRequest): unknown {
  return isBinaryCloudEvent(headers) ? envelopeOf(headers, body) : body;
}

function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const match = /^Bearer +(\S+)$/i.exec(header);
  if (!match)
    throw fail('auth.invalid', 'The Authorization header must be "Bearer" and a key or token.', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  return match[1];
}

const misuse = (): never => {
  throw new Error('an operation with transaction "none" used ctx.tx; open one with ctx.db');
};
const outsideTransaction: Transaction = {
  scope: { kind: 'system' },
  rows: misuse,
  find: misuse,
  get: misuse,
  run: misuse,
  afterCommit: misuse,
};

function drawLimits(
  limiter: RateLimiter,
  ctx: Context,
  kind: 'default' | 'sign-in',
  reply: { header(name: string, value: string): unknown },
): void {
  const { rateLimits } = ctx.settings;
  const { principal } = ctx;
  const network = networkOf(ctx.ip ?? '');
  const buckets: [name: string, key: string, perMinute: number][] = [];
  if (kind === 'sign-in') buckets.push(['sign-in', `sign-in ${network}`, rateLimits.signInPerMinute]);
  if (principal.kind === 'anonymous') buckets.push(['ip', `ip ${network}`, rateLimits.ipPerMinute]);
  else {
    const { workspaceId } = principal;
    buckets.push(['credential', `${principal.kind} ${workspaceId} ${principal.id}`, rateLimits.keyPerMinute]);
    buckets.push(['workspace', `workspace ${workspaceId}`, rateLimits.workspacePerMinute]);
  }
  const draws: [name: string, draw: Draw][] = [];
  for (const [name, key, perMinute] of buckets) {
    const draw = limiter.draw(key, perMinute);
    draws.push([name, draw]);
    // What one caller is refused must not be taken from what all others share.
    if (!draw.allowed) break;
  }
  // The one that refuses, or else the tightest, is worth telling about.
  const [name, tightest] = draws.reduce((a, b) =>
    !b[1].allowed || b[1].remaining / b[1].limit < a[1].remaining / a[1].limit ? b : a,
  );
  reply.header('ratelimit-policy', `"${name}";q=${tightest.limit};w=60`);
  reply.header('ratelimit', `"${name}";r=${tightest.remaining};t=${tightest.resetSeconds}`);
  if (!tightest.allowed) {
    throw fail(
      'request.rate_limited',
      `The limit of ${tightest.limit} requests a minute per ${name} is reached; try again in ${tightest.resetSeconds} s.`,
      {
        headers: { 'retry-after': String(Math.max(1, tightest.resetSeconds)) },
      },
    );
  }
}

/** Gives the errors of the framework and the database our names. */
function translate(error: unknown): unknown {
  if (error instanceof ProductError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return fail('request.too_large', undefined, { cause: error });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return fail('request.media_type', undefined, { cause: error });
    case 'FST_ERR_BAD_URL':
      return invalid([{ in: 'path', field: '', message: 'must be percent-encoded UTF-8' }]);
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return invalid([{ in: 'path', field: '', message: 'has a part that is longer than any id' }]);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_ASYNC_CONSTRAINT':
      return fail('request.malformed', 'The request is not valid HTTP.', { cause: error });
    case '53100':
    case 'ENOSPC':
      return fail('server.unavailable', 'The disk of the database is full; nothing was stored.', { cause: error });
    // Conflicts that several tries did not solve, and statements that waited too long.
    case '40001':
    case '40P01':
    case '55P03':
    case '57014':
    case '53300':
    case '57P01':
    case '57P02':
    case '57P03':
    case '08006':
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'ETIMEDOUT':
      return databaseSilent(error);
    default:
      return error instanceof Error && DRIVER_GAVE_UP.test(error.message) ? databaseSilent(error) : error;
  }
}

// The driver has no code for these.
const DRIVER_GAVE_UP = /^(?:timeout exceeded when trying to connect|Connection terminated)/;

// Whether anything was stored is not said, because a connection may break in the middle of a commit.
function databaseSilent(cause: unknown): ProductError {
  return fail(
    'server.unavailable',
    'The database does not answer right now; try again, with the same Idempotency-Key if you sent one.',
    { cause, headers: { 'retry-after': '2' } },
  );
}

function answerError(runtime: Runtime, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem: Problem = toProblem(error, request.id);
  const fields = {
    requestId: request.id,
    method: request.method,
    path: request.url.split('?')[0],
    code: problem.code,
    status: problem.status,
  };
  if (problem.status >= 500) runtime.log.error({ ...fields, err: error }, 'request failed');
  else runtime.log.debug({ ...fields, detail: problem.detail }, 'request refused');
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  if (error instanceof ProductError)
    for (const [name, value] of Object.entries(error.headers)) reply.header(name, value);
  reply.code(problem.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));
}

function checkAnswer(op: AnyOperation, body: unknown): void {
  if (op.output === null) return;
  const result = op.output.safeParse(body);
  if (!result.success) throw new Error(`the answer of ${op.id} does not fit its description: ${result.error.message}`);
}

function requestIdOf(headers: Record<string, unknown>, runtime: Runtime): string {
  const given = headers['x-request-id'] ?? headers['x-correlation-id'];
  if (typeof given === 'string' && REQUEST_ID.test(given)) return given;
  return runtime.newId('request');
}
