import { AsyncLocalStorage } from 'node:async_hooks';
import type { Runtime } from '../../kernel/runtime.ts';
import type { Work } from './work.ts';

/** On this channel every process hears which cached credential to forget. */
export const INVALIDATE_CHANNEL = 'accounts.invalidate';
/** On this channel whoever holds connections hears which to close. */
export const REVOKED_CHANNEL = 'accounts.revoked';

/** What every process must forget. */
export type Invalidation =
  | { kind: 'key'; id: string }
  | { kind: 'members' }
  | { kind: 'user'; workspaceId: string; id: string }
  | { kind: 'workspace'; id: string }
  | { kind: 'signing-keys' };

/**
 * A credential that stopped: a session with all its connections, a user or member with theirs, a key, or everything of a
 * workspace. The message on `accounts.revoked`, as JSON.
 */
export interface Revocation {
  kind: 'session' | 'user' | 'key' | 'workspace';
  id: string;
  /** Where it could be used; a session of a member of several workspaces is told once for each. */
  workspaceId: string;
}

/**
 * Runs work in no transaction at all. Timers and listeners begun inside a request would otherwise inherit its transaction
 * and use it after its end.
 */
export const detached = AsyncLocalStorage.snapshot();

type Forget = (invalidation: Invalidation) => void;
const forgetting = new WeakMap<object, Set<Forget>>();

/** The caches of this process register here, so that a revocation reaches them before its caller has an answer. */
export function onInvalidated(runtime: Pick<Runtime, 'db'>, forget: Forget): void {
  const known = forgetting.get(runtime.db) ?? new Set();
  forgetting.set(runtime.db, known.add(forget));
}

export function forgetHere(runtime: Pick<Runtime, 'db'>, invalidation: Invalidation): void {
  for (const forget of forgetting.get(runtime.db) ?? []) forget(invalidation);
}

/** After the commit: this process forgets at once, the others and the connections hear of it. */
export function revokeAfterCommit(work: Work, news: { forget: Invalidation[]; close?: Revocation[] }): void {
  work.tx.afterCommit(() => {
    for (const invalidation of news.forget) forgetHere(work, invalidation);
    detached(() => {
      for (const invalidation of news.forget) tell(work, INVALIDATE_CHANNEL, invalidation);
      for (const revocation of news.close ?? []) tell(work, REVOKED_CHANNEL, revocation);
    });
  });
}

function tell(runtime: Runtime, channel: string, message: object): void {
  runtime.pubsub.publish(channel, JSON.stringify(message)).catch((cause) => {
    runtime.log.warn(
      { err: cause, channel },
      'could not tell the other processes of a revocation; they notice within seconds',
    );
  });
}
