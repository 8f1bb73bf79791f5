import type { Step } from '@pulsestack/core';
import { sayCondition } from './condition.ts';
import { duration } from './kinds.ts';

export interface LaneTitle {
  /** When this way is taken. */
  text: string;
  name?: string | undefined;
}

/** When each list inside of a step is taken, in the order of `lanesOf`. */
export function laneTitles(step: Step): LaneTitle[] {
  switch (step.type) {
    case 'branch':
      return [
        ...step.branches.map((one) => ({ name: one.name, text: `If ${sayCondition(one.if)}` })),
        { text: 'Otherwise' },
      ];
    case 'wait':
      return [
        ...step.events.map((one) => ({
          text: `When ${one.event} comes${one.if === undefined ? '' : ` and ${sayCondition(one.if)}`}`,
        })),
        { text: `When none comes in ${duration(step.timeout)}` },
      ];
    case 'loop':
      return [{ text: `For each ${step.as}` }];
    case 'split': {
      const all = step.arms.reduce((sum, arm) => sum + arm.weight, 0);
      return step.arms.map(({ name, weight }) => ({ name, text: `${Math.round((weight / all) * 100)} % of people` }));
    }
    default:
      return [];
  }
}

export function LaneHead({ title }: { title: LaneTitle }) {
  return (
    <p className="flex min-h-6 flex-wrap items-baseline gap-x-2 text-12">
      {title.name && <span className="font-medium">{title.name}</span>}
      <span className="text-n11">{title.text}</span>
    </p>
  );
}
