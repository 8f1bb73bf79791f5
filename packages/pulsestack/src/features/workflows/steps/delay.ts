import { durationMs } from '@pulsestack/core';
import { nextDaily } from '../../../kernel/time/index.ts';
import { fillText, lookUpPayload, problemOfText } from '../engine/text.ts';
import { stepKind, type Verdict } from './kind.ts';

/** Waits for a time. What lies in the past does not wait; what cannot be read fails with the path that was meant. */
export const delay = stepKind({
  type: 'delay',
  check: (step) => [step.until === undefined ? null : problemOfText(step.until)].filter((one) => one !== null),
  run(step, live, { now, data }): Verdict {
    let until: Date;
    if (step.for !== undefined) until = new Date(now.getTime() + durationMs(step.for));
    else if (step.at !== undefined) until = nextDaily({ at: step.at }, live.user.timeZone ?? 'UTC', now) ?? now;
    else {
      const source = step.untilPath ?? step.until ?? '';
      const value = step.untilPath === undefined ? fillText(source, data()) : lookUpPayload(data(), source);
      const instant = instantOf(value);
      if (!instant) {
        const shown = JSON.stringify(value ?? null).slice(0, 100);
        const sentence = `"${source}" is no instant but ${shown}.`;
        return { go: 'fail', say: { code: 'delay.invalid', sentence, detail: { path: source } } };
      }
      until = instant;
    }
    if (until <= now) return { go: 'next', say: { code: 'delay.past', detail: { until: until.toISOString() } } };
    return {
      go: 'sleep',
      until,
      output: { until: until.toISOString() },
      say: { code: 'delay.until', sentence: `The run waits until ${until.toISOString()}.` },
    };
  },
});

/** Only what names an instant and not a day or a moment somewhere: ISO-8601 with its offset, or milliseconds since 1970. */
export function instantOf(value: unknown): Date | null {
  if (typeof value === 'string' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(value))
    return null;
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? null : at;
}
