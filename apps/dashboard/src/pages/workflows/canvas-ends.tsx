import type { WorkflowDefinition } from '@pulsestack/core';
import { Flag, Zap } from 'lucide-react';
import { sayCondition } from './condition.ts';

/** Where it begins: the event, and when it counts. */
export function TriggerCard({
  definition,
  onOpen,
}: {
  definition: WorkflowDefinition;
  onOpen?: (() => void) | undefined;
}) {
  const { event, if: condition } = definition.trigger;
  const content = (
    <>
      <span className="flex size-8 shrink-0 items-center justify-center rounded-control bg-n12 text-n1">
        <Zap className="size-4" aria-hidden />
      </span>
      <span className="min-w-0 flex-1 text-left">
        <span className="block font-medium">
          {event === undefined ? 'When it is called by its key' : 'When this happens'}
        </span>
        <span className="block truncate text-12 text-n11">
          {event === undefined ? <code>{definition.key}</code> : <code>{event}</code>}
          {condition !== undefined && `, if ${sayCondition(condition)}`}
        </span>
      </span>
    </>
  );
  const look = 'flex w-full items-center gap-3 rounded-card border bg-raised px-3 py-2.5';
  return onOpen ? (
    <button type="button" onClick={onOpen} className={`${look} hover:border-n8`}>
      {content}
    </button>
  ) : (
    <div className={look}>{content}</div>
  );
}

export function EndMark() {
  return (
    <p className="flex items-center gap-2 text-12 text-n10">
      <span className="flex size-8 items-center justify-center" aria-hidden>
        <Flag className="size-3.5" />
      </span>
      The run is done
    </p>
  );
}
