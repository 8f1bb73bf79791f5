import { createHash } from 'node:crypto';
import { holds } from '../../../kernel/logic.ts';
import { lookUpPayload } from '../engine/text.ts';
import { stepKind } from './kind.ts';

/** The first branch whose condition is met, else the other one. */
export const branch = stepKind({
  type: 'branch',
  run(step, _live, { data }) {
    const list = step.branches.findIndex((one) => holds(one.if, data()));
    const taken = list < 0 ? 'else' : (step.branches[list]?.name ?? String(list + 1));
    return {
      go: 'into',
      list: list < 0 ? step.branches.length : list,
      output: { branch: taken },
      say: { code: 'branch.taken', sentence: `The run takes the branch "${taken}".`, detail: { branch: taken } },
    };
  },
});

/** An arm by weight. The same user gets the same arm each time, whatever became of the weights of others before. */
export const split = stepKind({
  type: 'split',
  run(step, live) {
    const total = step.arms.reduce((sum, arm) => sum + arm.weight, 0);
    const hash = createHash('sha256').update(`${live.workflow.key}\n${step.id}\n${live.user.id}`).digest();
    let point = (hash.readUInt32BE(0) / 2 ** 32) * total;
    const list = Math.max(
      0,
      step.arms.findIndex((arm) => (point -= arm.weight) < 0),
    );
    const arm = step.arms[list]?.name ?? '';
    return {
      go: 'into',
      list,
      output: { arm },
      say: { code: 'split.taken', sentence: `The user is in the arm "${arm}".`, detail: { arm } },
    };
  },
});

/** Once for each item of a list, up to `max`. */
export const loop = stepKind({
  type: 'loop',
  check: (step) => (step.steps.length === 0 ? ['a loop needs a step'] : []),
  run(step, _live, { data }) {
    const list = lookUpPayload(data(), step.over);
    const rounds = Array.isArray(list) ? Math.min(list.length, step.max) : 0;
    if (rounds === 0) return { go: 'next', output: { rounds }, say: { code: 'loop.empty' } };
    const sentence = `The steps inside run ${rounds} times.`;
    return {
      go: 'into',
      list: 0,
      rounds,
      output: { rounds },
      say: { code: 'loop.round', sentence, detail: { rounds } },
    };
  },
});

export const stop = stepKind({
  type: 'stop',
  run: (step) => ({
    go: 'end',
    say: { code: 'run.stopped', ...(step.reason === undefined ? {} : { sentence: step.reason }) },
  }),
});
