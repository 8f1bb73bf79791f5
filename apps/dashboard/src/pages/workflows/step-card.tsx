import type { FieldError, Step } from '@pulsestack/core';
import { clsx } from 'clsx';
import {
  ArrowDown,
  ArrowUp,
  CircleAlert,
  CopyPlus,
  GripVertical,
  IndentDecrease,
  IndentIncrease,
  Trash2,
} from 'lucide-react';
import { useRef } from 'react';
import { MenuItem, MenuLine, RowMenu } from '../../ui/menu.tsx';
import type { Actions } from './canvas.tsx';
import { sayCondition } from './condition.ts';
import { describe, KINDS, titleOf } from './kinds.ts';

interface StepCardProps {
  step: Step;
  isChosen: boolean;
  isReadOnly: boolean;
  problems: readonly FieldError[];
  onChoose: (() => void) | undefined;
  actions: Actions;
}

export function StepCard({ step, isChosen, isReadOnly, problems, onChoose, actions }: StepCardProps) {
  const card = useRef<HTMLDivElement>(null);
  const { icon: Icon, label } = KINDS[step.type];
  const summary = describe(step);
  const title = titleOf(step);
  const [problem] = problems;
  return (
    <div
      ref={card}
      className={clsx(
        'group relative flex items-start gap-3 rounded-card border bg-raised px-3 py-2.5',
        isChosen ? 'border-accent' : problem ? 'border-danger-border' : 'hover:border-n8',
        actions.dragged === step.id && 'opacity-50',
      )}
    >
      {onChoose && (
        <button
          type="button"
          data-step={step.id}
          aria-label={`${label} ${step.id}${problem ? ', has a problem' : ''}`}
          aria-pressed={isChosen}
          aria-keyshortcuts={
            isReadOnly ? 'Enter' : 'Enter Delete Control+D Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight'
          }
          onClick={onChoose}
          className="absolute inset-0 rounded-card"
        />
      )}
      <span
        aria-hidden
        className="pointer-events-none flex size-8 shrink-0 items-center justify-center rounded-control border bg-n2 text-n11"
      >
        <Icon className="size-4" />
      </span>
      <span aria-hidden={onChoose !== undefined} className="pointer-events-none min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 shrink-0 truncate font-medium max-w-full">{title}</span>
          <code className="min-w-0 truncate text-n10">{step.id}</code>
        </span>
        {summary !== '' && (
          <span dir="auto" className="line-clamp-2 text-left text-12 text-n11">
            {summary}
          </span>
        )}
        {step.if !== undefined && (
          <span className="line-clamp-2 text-12 text-info-text">Only if {sayCondition(step.if)}</span>
        )}
        {problem && (
          <span className="mt-0.5 flex items-start gap-1 text-12 text-danger-text">
            <CircleAlert className="mt-[3px] size-3 shrink-0" />
            <span className="line-clamp-2">{withoutStep(problem.message)}</span>
          </span>
        )}
      </span>
      {!isReadOnly && (
        <span className="relative -mr-1 flex items-center">
          <span
            aria-hidden
            draggable
            onDragStart={(event) => {
              event.dataTransfer.setData('text/plain', step.id);
              event.dataTransfer.effectAllowed = 'move';
              if (card.current) event.dataTransfer.setDragImage(card.current, 20, 20);
              actions.drag(step.id);
            }}
            onDragEnd={() => actions.drag(null)}
            className="flex size-7 cursor-grab items-center justify-center text-n9 opacity-0 group-hover:opacity-100 pointer-coarse:hidden"
          >
            <GripVertical className="size-4" />
          </span>
          <RowMenu label={`What to do with ${step.id}`}>
            <MenuItem icon={ArrowUp} disabled={!actions.canGo(step.id, 'up')} onClick={() => actions.go(step.id, 'up')}>
              Move up
            </MenuItem>
            <MenuItem
              icon={ArrowDown}
              disabled={!actions.canGo(step.id, 'down')}
              onClick={() => actions.go(step.id, 'down')}
            >
              Move down
            </MenuItem>
            <MenuItem
              icon={IndentIncrease}
              disabled={!actions.canGo(step.id, 'in')}
              onClick={() => actions.go(step.id, 'in')}
            >
              Move into the step above
            </MenuItem>
            <MenuItem
              icon={IndentDecrease}
              disabled={!actions.canGo(step.id, 'out')}
              onClick={() => actions.go(step.id, 'out')}
            >
              Move out
            </MenuItem>
            <MenuItem icon={CopyPlus} onClick={() => actions.duplicate(step.id)}>
              Duplicate
            </MenuItem>
            <MenuLine />
            <MenuItem icon={Trash2} isDangerous onClick={() => actions.remove(step.id)}>
              Delete
            </MenuItem>
          </RowMenu>
        </span>
      )}
    </div>
  );
}

/** The card says already which step it is. */
export function withoutStep(message: string): string {
  const text = message.replace(/^step "[^"]*": /, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
