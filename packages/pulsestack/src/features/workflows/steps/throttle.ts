import { Duration, durationMs } from '@pulsestack/core';
import { lookUpPayload } from '../engine/text.ts';
import { instantOf } from './delay.ts';
import { keyOf } from './digest.ts';
import { stepKind } from './kind.ts';

/** Lets so many through in a window that begins with the first, by user and key; the others end here. */
export const throttle = stepKind({
  type: 'throttle',
  run(step, live, { now, data }) {
    if (live.phase?.kind === 'answer') {
      const { granted, asked, resetsAt } = live.phase.answer;
      const detail = { asked: asked ?? 0, limit: step.limit, resetsAt: resetsAt ?? null };
      if (granted === true) return { go: 'next', output: detail, say: { code: 'throttle.passed', detail } };
      const sentence = `This is number ${String(asked)} of at most ${step.limit} until ${String(resetsAt)}.`;
      return { go: 'end', say: { code: 'throttle.limit', sentence, detail } };
    }
    const resetsAt =
      step.window === undefined
        ? endOf(lookUpPayload(data(), step.windowPath ?? ''), now)
        : new Date(now.getTime() + durationMs(step.window));
    if (!resetsAt) {
      const path = step.windowPath ?? '';
      const sentence = `"${path}" is neither an instant nor a duration.`;
      return { go: 'fail', say: { code: 'throttle.invalid', sentence, detail: { path } } };
    }
    const key = step.key === undefined ? '' : keyOf(lookUpPayload(data(), step.key));
    return { go: 'ask', ask: { kind: 'throttle', step: step.id, key, limit: step.limit, resetsAt } };
  },
});

function endOf(value: unknown, now: Date): Date | null {
  const duration = Duration.safeParse(value);
  if (duration.success) return new Date(now.getTime() + durationMs(duration.data));
  return instantOf(value);
}
