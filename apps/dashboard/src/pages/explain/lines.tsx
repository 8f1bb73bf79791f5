import type { Decision, DecisionLine } from '@pulsestack/core';
import { CircleCheck, CircleSlash, Clock, Layers } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Tone } from '../../ui/badge.tsx';
import { Time } from '../../ui/time.tsx';
import { LAYER_NAMES } from '../messages/words.ts';

export const OUTCOMES: Record<Decision['outcome'], { label: string; tone: Tone }> = {
  send: { label: 'Goes out', tone: 'success' },
  skip: { label: 'Not sent', tone: 'neutral' },
  hold: { label: 'Waits', tone: 'info' },
  digest: { label: 'Joins a digest', tone: 'info' },
};

const VERDICTS: Record<DecisionLine['verdict'], { icon: typeof Clock; className: string; said: string }> = {
  pass: { icon: CircleCheck, className: 'text-success-text', said: 'Passes' },
  skip: { icon: CircleSlash, className: 'text-danger-text', said: 'Stops here' },
  hold: { icon: Clock, className: 'text-info-text', said: 'Waits' },
  digest: { icon: Layers, className: 'text-info-text', said: 'Collected' },
};

/** What each layer said of a message, in the order in which they were asked. */
export function Lines({ decision }: { decision: Decision }) {
  return (
    <ol className="flex flex-col">
      {decision.lines.map((line, index) => {
        const { icon: Icon, className, said } = VERDICTS[line.verdict];
        const isLast = index === decision.lines.length - 1;
        return (
          <li key={`${line.layer} ${index}`} className="relative flex gap-3 pb-3 last:pb-0">
            {!isLast && <span aria-hidden className="absolute top-5 bottom-0 left-[7.5px] w-px bg-n6" />}
            <Icon className={`mt-0.5 size-4 shrink-0 ${className}`} aria-hidden />
            <div className="min-w-0 flex-1">
              <p className={line.verdict === 'pass' ? 'text-pretty text-n11' : 'text-pretty'}>
                <span className="sr-only">{said}: </span>
                {line.sentence}
              </p>
              <p className="text-12 text-n10">{LAYER_NAMES[line.layer]}</p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** When a message that is not sent now goes out. */
export function Until({ decision }: { decision: Decision }): ReactNode {
  if (decision.outcome !== 'hold' && decision.outcome !== 'digest') return null;
  return (
    <span className="text-12 text-n10">
      until <Time at={decision.until} isExact />
    </span>
  );
}
