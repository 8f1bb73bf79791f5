import { durationMs } from '@pulsestack/core';
import { holds } from '../../../kernel/logic.ts';
import { stepKind, type Verdict } from './kind.ts';

/**
 * Waits until one of some events happens for the user. Events count from the moment the run became ready to go on, not from
 * the moment the engine came to this step: however busy the engine is, none is lost in between.
 */
export const wait = stepKind({
  type: 'wait',
  run(step, live, { now, data }): Verdict {
    const { phase } = live;
    if (phase?.kind !== 'wait') {
      const names = [...new Set(step.events.map((one) => one.event))];
      const until = new Date(now.getTime() + durationMs(step.timeout));
      return { go: 'ask', ask: { kind: 'wait', names, since: live.dueAt, until } };
    }
    const since = new Date(phase.since);
    const until = new Date(phase.until);
    for (const heard of live.heard) {
      if (heard.at < since || heard.at >= until || live.vars.consumed?.includes(heard.eventId)) continue;
      const seen = {
        ...data(),
        event: { id: heard.eventId, name: heard.name, at: heard.at.toISOString(), payload: heard.payload },
      };
      const list = step.events.findIndex(
        (one) => one.event === heard.name && (one.if === undefined || holds(one.if, seen)),
      );
      if (list < 0) continue;
      live.vars.consumed = [...(live.vars.consumed ?? []), heard.eventId].slice(-100);
      live.dueAt = heard.at;
      live.effects.push({ kind: 'unwait' });
      return {
        go: 'into',
        list,
        output: { event: heard.name, eventId: heard.eventId, at: heard.at.toISOString(), payload: heard.payload },
        say: {
          code: 'wait.met',
          sentence: `The event ${heard.name} came.`,
          detail: { event: heard.name, id: heard.eventId },
        },
      };
    }
    if (until <= now) {
      live.effects.push({ kind: 'unwait' });
      return { go: 'into', list: step.events.length, output: { event: null }, say: { code: 'wait.timed_out' } };
    }
    return { go: 'sleep', until, stay: phase };
  },
});
