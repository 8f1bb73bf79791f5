import type { WorkflowDefinition } from '@pulsestack/core';
import { clsx } from 'clsx';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Menu, MenuGroup, MenuItem } from '../../ui/menu.tsx';
import type { Actions } from './canvas.tsx';
import { KIND_GROUPS, KINDS, newStep } from './kinds.ts';
import { allPlaced, type Place, pointerOf } from './tree.ts';

interface StepAdderProps {
  place: Place;
  definition: WorkflowDefinition;
  isReadOnly: boolean;
  isEnd: boolean;
  actions: Actions;
}

/** The line between two steps: a step is added here, or dropped. */
export function StepAdder({ place, definition, isReadOnly, isEnd, actions }: StepAdderProps) {
  const [isOver, setOver] = useState(false);
  const line = <span aria-hidden className="absolute inset-y-0 left-[15.5px] w-px bg-n7" />;
  if (isReadOnly) return <div className="relative h-4">{line}</div>;
  const isTarget = actions.dragged !== null;
  return (
    <div
      role="presentation"
      onDragOver={(event) => {
        if (!isTarget) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        actions.drop(place);
      }}
      className={clsx('relative flex items-center', isTarget ? 'h-9' : 'h-7')}
    >
      {line}
      {isTarget ? (
        <span
          aria-hidden
          className={clsx(
            'relative h-7 w-full rounded-card border border-dashed',
            isOver ? 'border-accent bg-accent-subtle' : 'border-n8 bg-n2',
          )}
        />
      ) : (
        <Menu
          className="w-[min(400px,calc(100vw-2rem))]"
          trigger={
            <button
              type="button"
              aria-label={isEnd ? 'Add a step at the end' : 'Add a step here'}
              data-place={pointerOf(place)}
              className="group relative ml-1.5 flex h-5 items-center gap-1.5 text-12 text-n10 data-popup-open:text-n12"
            >
              <span className="flex size-5 items-center justify-center rounded-full border border-n7 bg-n1 group-hover:border-accent group-hover:text-accent-text group-data-popup-open:border-accent group-data-popup-open:text-accent-text">
                <Plus className="size-3" aria-hidden />
              </span>
              {isEnd && <span className="group-hover:text-n12">Add a step</span>}
            </button>
          }
        >
          {KIND_GROUPS.map((group) => (
            <MenuGroup key={group.label} label={group.label}>
              {group.types.map((type) => (
                <MenuItem
                  key={type}
                  icon={KINDS[type].icon}
                  onClick={() => {
                    const taken = new Set(allPlaced(definition).map(({ step }) => step.id));
                    actions.add(place, newStep(type, taken));
                  }}
                >
                  <span className="flex items-baseline gap-2">
                    {KINDS[type].label}
                    <span className="truncate text-12 text-n10">{KINDS[type].does}</span>
                  </span>
                </MenuItem>
              ))}
            </MenuGroup>
          ))}
        </Menu>
      )}
    </div>
  );
}
