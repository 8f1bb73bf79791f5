import type { MessageContent, ReasonCode } from '@pulsestack/core';
import type { Runtime } from '../../kernel/runtime.ts';
import type { OutgoingMessage, SendOutcome } from '../../ports/channel.ts';
import { messageLinks } from '../preferences/index.ts';
import { sentenceOf } from './deciding.ts';
import { admit, noteFailing, noteWorking, type Route } from './routes.ts';
import { backoffMs, MAX_TRIES } from './rules.ts';
import type { Claimed, Result } from './store/sending.ts';

/** One call may take so long; a lease is longer. */
export const SEND_TIMEOUT_MS = 30_000;

/** How a message is held while it is handed over. */
export interface Grip {
  lease: string;
  /** Why nothing is to be sent to its address any more. */
  unwanted?: ReasonCode | undefined;
  /** Is it sure that nobody else takes the message before a call that begins now is over? */
  holds(): boolean;
  /** Ends a call whose process ends. */
  signal: AbortSignal;
}

type Try = Result['attempts'][number];
/** A result that does not name its claim yet. */
type Unsigned = Omit<Result, 'lease'>;

/**
 * Hands one message over: to the first provider that works, and at once to the next when one is out. What a provider says of
 * the message itself, no and not now alike, is not asked of another.
 */
export async function send(
  runtime: Runtime,
  message: Claimed,
  ways: readonly Route[],
  grip: Grip,
): Promise<{ result: Result; bounced: boolean }> {
  const { result, last } = await tryAll(runtime, message, ways, grip);
  return { result: { ...result, lease: grip.lease }, bounced: last?.outcome === 'refused' && last.class === 'address' };
}

type Bad = Exclude<SendOutcome, { outcome: 'accepted' }>;

async function tryAll(
  runtime: Runtime,
  message: Claimed,
  ways: readonly Route[],
  { unwanted, holds, signal }: Grip,
): Promise<{ result: Unsigned; last?: Bad | undefined }> {
  const now = runtime.clock.now();
  const tries: Try[] = message.abandoned ? [abandonedTry(runtime, message)] : [];
  if (message.expires_at && message.expires_at <= now)
    return { result: end(runtime, message, tries, 'expired', 'message.expired') };
  if (unwanted) return { result: end(runtime, message, tries, 'skipped', unwanted) };
  if (ways.length === 0 || !message.content || message.address === null)
    return {
      result: end(runtime, message, tries, 'skipped', message.content ? 'channel.no_provider' : 'template.failed'),
    };

  let last: Bad | undefined;
  for (const route of ways) {
    if (!holds()) return { result: { ...base(runtime, message, tries), due_at: runtime.clock.now() } };
    if (!admit(route, runtime.clock.nowMs())) continue;
    const startedMs = performance.now();
    const at = runtime.clock.now();
    const outcome = await ask(runtime, route, message, message.content, message.address, signal);
    if (signal.aborted && outcome.outcome !== 'accepted') {
      tries.push({
        ...abandonedTry(runtime, message),
        number: message.attempts + tries.length + 1,
        provider: route.label,
        at,
      });
      return { result: { ...base(runtime, message, tries), due_at: runtime.clock.now() } };
    }
    tries.push(toTry(runtime, message, tries.length, route, at, performance.now() - startedMs, outcome));
    note(route, outcome, runtime.clock.nowMs());
    if (outcome.outcome === 'accepted') {
      const result = base(runtime, message, tries);
      return { result: { ...result, state: 'sent', provider: route.provider.id, provider_ref: outcome.id } };
    }
    last = outcome;
    if (!isOut(outcome)) break;
  }

  if (last?.outcome === 'refused' && !isOut(last)) {
    const result = end(runtime, message, tries, 'failed', 'provider.refused');
    const sentence = `${result.sentence} ${last.detail}`.trim();
    return { result: { ...result, sentence, provider: tries.at(-1)?.provider ?? null }, last };
  }
  // Nobody was asked when all are out: that uses up none of the tries.
  const tried = message.tries + (last ? 1 : 0);
  if (tried >= MAX_TRIES) {
    const result = end(runtime, message, tries, 'failed', 'provider.exhausted');
    return { result: { ...result, sentence: `${result.sentence} ${last?.detail ?? ''}`.trim(), tries: tried }, last };
  }
  const random = runtime.randomBytes(2).readUInt16BE(0) / 0xffff;
  const retryAfterMs = last?.outcome === 'retry' ? last.retryAfterMs : undefined;
  const soonestMs = Math.min(...ways.map((route) => Math.max(0, route.breaker.outUntilMs - runtime.clock.nowMs())));
  const waitMs = last ? backoffMs(tried, random, retryAfterMs) : Math.max(1000, soonestMs);
  const result = base(runtime, message, tries);
  return { result: { ...result, due_at: new Date(runtime.clock.nowMs() + waitMs), tries: tried }, last };
}

/** Is it the provider that is in trouble, and not the message? */
function isOut(outcome: SendOutcome): boolean {
  if (outcome.outcome === 'retry') return outcome.class !== 'rate';
  return outcome.outcome === 'refused' && (outcome.class === 'auth' || outcome.gone === true);
}

function note(route: Route, outcome: SendOutcome, nowMs: number): void {
  if (!isOut(outcome)) return noteWorking(route);
  if (outcome.outcome === 'accepted') return;
  if (outcome.outcome === 'refused' && outcome.gone) route.gone = true;
  noteFailing(route, nowMs, outcome.detail, outcome.outcome === 'refused');
}

async function ask(
  runtime: Runtime,
  route: Route,
  message: Claimed,
  content: MessageContent,
  to: string,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const outgoing: OutgoingMessage = {
    id: message.id,
    workspaceId: message.workspace_id,
    userId: message.user_id,
    to,
    category: message.category,
    workflow: message.workflow,
    content,
    createdAt: message.created_at,
    unsubscribeUrl: unsubscribeUrlOf(runtime, message),
  };
  // One timer that is cleared: of signals that time out by themselves each lives on for as long as a call may take.
  const over = new AbortController();
  const end = () => over.abort(signal.reason);
  const timer = setTimeout(() => over.abort(new Error('the provider did not answer in time')), SEND_TIMEOUT_MS);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await route.connection().send(outgoing, { idempotencyKey: message.id, signal: over.signal });
  } catch (error) {
    // A provider that breaks its promise must not take the sender with it; its message may hold anything, so it is not repeated.
    const kind = error instanceof Error ? error.name : 'Error';
    return { outcome: 'retry', class: 'server', detail: `The connection to the provider failed (${kind}).` };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** Every mail that a person may turn off says how, except where the public address is not one that mail services accept. */
function unsubscribeUrlOf(runtime: Runtime, message: Claimed): string | null {
  const { publicUrl, development } = runtime.settings;
  if (message.channel !== 'email' || message.critical || !(publicUrl.startsWith('https://') || development))
    return null;
  return messageLinks(runtime, {
    workspaceId: message.workspace_id,
    userId: message.user_id,
    category: message.category,
    workflow: message.workflow,
    channel: message.channel,
  }).unsubscribe;
}

function toTry(
  runtime: Runtime,
  message: Claimed,
  before: number,
  route: Route,
  at: Date,
  durationMs: number,
  outcome: SendOutcome,
): Try {
  return {
    id: runtime.newId('attempt'),
    number: message.attempts + before + 1,
    provider: route.label,
    at,
    duration_ms: Math.round(durationMs),
    outcome: outcome.outcome,
    status: outcome.status ?? null,
    detail: outcome.detail ?? null,
    provider_ref: outcome.outcome === 'accepted' ? outcome.id : null,
  };
}

/** A process took the message and ended before it said what became of it. */
function abandonedTry(runtime: Runtime, message: Claimed): Try {
  return {
    id: runtime.newId('attempt'),
    number: message.attempts + 1,
    provider: message.provider ?? 'unknown',
    at: runtime.clock.now(),
    duration_ms: 0,
    outcome: 'unknown',
    status: null,
    detail: 'The process that was sending ended before it knew the answer.',
    provider_ref: null,
  };
}

function base(runtime: Runtime, message: Claimed, attempts: Try[]): Unsigned {
  return {
    workspace_id: message.workspace_id,
    message_id: message.id,
    created_at: message.created_at,
    state: null,
    reason: null,
    sentence: null,
    provider: null,
    provider_ref: null,
    due_at: null,
    at: runtime.clock.now(),
    tries: message.tries,
    attempts,
  };
}

function end(
  runtime: Runtime,
  message: Claimed,
  attempts: Try[],
  state: 'failed' | 'expired' | 'skipped',
  reason: ReasonCode,
): Unsigned {
  return { ...base(runtime, message, attempts), state, reason, sentence: sentenceOf(reason, []) };
}
