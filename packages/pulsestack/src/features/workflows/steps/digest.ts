import { durationMs, type StepOf } from '@pulsestack/core';
import { checkCron, nextCron } from '../../../kernel/time/index.ts';
import type { Live } from '../engine/live.ts';
import { lookUpPayload } from '../engine/text.ts';
import { stepKind, type Verdict } from './kind.ts';

/**
 * Collects events. The first opens a digest and leads it; those that come while it is open join and end there. When it
 * closes, the leader goes on with the events of all.
 */
export const digest = stepKind({
  type: 'digest',
  check(step) {
    if (step.cron !== undefined && step.sliding) return ['a digest that closes at a cron cannot slide'];
    if (step.cron === undefined) return [];
    try {
      checkCron(step.cron, new Date(0));
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  },
  run(step, live, { now, data }) {
    const { phase } = live;
    if (phase?.kind === 'digest') return { go: 'ask', ask: { kind: 'digest.close', id: phase.id } };
    if (phase?.kind === 'answer') return answered(step.id, live, phase.answer);
    const value = step.key === undefined ? '' : lookUpPayload(data(), step.key);
    return {
      go: 'ask',
      ask: {
        kind: 'digest.join',
        step: step.id,
        key: keyOf(value),
        ...endsOf(step, live, now),
        flushAt: step.flushAt ?? null,
        lookBackMs: step.lookBack === undefined ? null : durationMs(step.lookBack),
      },
    };
  },
});

function answered(id: string, live: Live, answer: Record<string, unknown>): Verdict {
  const digestId = String(answer.digest ?? '');
  const closesAt = String(answer.closesAt ?? '');
  switch (answer.is) {
    case 'led':
      return {
        go: 'sleep',
        until: null,
        stay: { kind: 'digest', id: digestId },
        say: {
          code: 'digest.opened',
          sentence: `The event opened a digest that closes at ${closesAt}.`,
          detail: { digest: digestId, closesAt },
        },
      };
    case 'merged':
      return {
        go: 'end',
        stay: { kind: 'digest', id: digestId },
        say: {
          code: 'digest.merged',
          sentence: `The event joined a digest that closes at ${closesAt}.`,
          detail: { digest: digestId, closesAt },
        },
      };
    case 'open':
      return { go: 'sleep', until: null, stay: { kind: 'digest', id: digestId } };
    case 'passed':
      return { go: 'next', output: { count: 1 }, say: { code: 'digest.passed' } };
    default: {
      const count = Number(answer.events ?? 0);
      live.vars.digests[id] = digestId;
      live.vars.digest = id;
      return {
        go: 'next',
        output: { count },
        say: {
          code: 'digest.closed',
          sentence: `The digest closed with ${count} ${count === 1 ? 'event' : 'events'}.`,
          detail: { digest: digestId, events: count },
        },
      };
    }
  }
}

function endsOf(
  step: StepOf<'digest'>,
  live: Live,
  now: Date,
): { closesAt: Date; slides: boolean; latestAt: Date | null } {
  if (step.cron !== undefined) {
    const next = nextCron(step.cron, live.user.timeZone ?? 'UTC', now);
    return { closesAt: next ?? now, slides: false, latestAt: null };
  }
  const closesAt = new Date(now.getTime() + durationMs(step.window ?? '1s'));
  if (!step.sliding) return { closesAt, slides: false, latestAt: null };
  return { closesAt, slides: true, latestAt: new Date(now.getTime() + durationMs(step.sliding.max)) };
}

const MAX_KEY_CHARS = 256;

/** Digests and throttles tell values apart by how they are written. */
export function keyOf(value: unknown): string {
  const text = typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
  return text.slice(0, MAX_KEY_CHARS);
}
