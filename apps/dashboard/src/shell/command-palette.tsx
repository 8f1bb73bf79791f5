import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { Kbd } from '../ui/badge.tsx';
import { type Command, type CommandGroup, useCommands } from './use-commands.ts';

export function CommandPalette({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity duration-120 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Viewport className="fixed inset-0 z-40 flex items-start justify-center p-3 pt-[min(14vh,120px)]">
          <Dialog.Popup
            aria-label="Search and commands"
            className="popup flex max-h-[min(440px,calc(100dvh-8rem))] w-full max-w-[560px] flex-col overflow-hidden outline-none"
          >
            <Commands isOpen={isOpen} onClose={onClose} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Commands({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const [typed, setTyped] = useState('');
  const groups = useCommands(typed, isOpen);
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      value={typed}
      onValueChange={setTyped}
      mode="none"
      autoHighlight="always"
      keepHighlight
      itemToStringValue={(command: Command) => command.label}
    >
      <Autocomplete.InputGroup className="flex items-center gap-2.5 border-b pl-4">
        <Search className="size-4 shrink-0 text-n10" aria-hidden />
        <Autocomplete.Input
          aria-label="Search pages, users and actions"
          placeholder="Search pages, users and actions"
          className="h-12 w-full bg-transparent pr-4 text-14 outline-none pointer-coarse:text-16"
        />
      </Autocomplete.InputGroup>
      <Dialog.Close className="sr-only">Close</Dialog.Close>
      <Autocomplete.Empty className="px-4 py-8 text-center text-n10 empty:hidden">
        Nothing fits “{typed}”.
      </Autocomplete.Empty>
      <Autocomplete.List className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-1.5 data-empty:hidden">
        {(group: CommandGroup) => (
          <Autocomplete.Group key={group.value} items={group.items} className="not-last:pb-1.5">
            <Autocomplete.GroupLabel className="px-2.5 pt-1.5 pb-1 text-12 font-medium text-n10">
              {group.value}
            </Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(command: Command) => (
                <Autocomplete.Item
                  key={command.value}
                  value={command}
                  onClick={() => {
                    onClose();
                    command.run();
                  }}
                  className="flex h-9 cursor-default items-center gap-2.5 rounded-control px-2.5 outline-none select-none data-highlighted:bg-n4 pointer-coarse:h-11"
                >
                  <command.icon className="size-4 shrink-0 text-n10" strokeWidth={1.75} aria-hidden />
                  <span className="min-w-0 truncate">{command.label}</span>
                  {command.note && <span className="ml-auto min-w-0 truncate text-12 text-n10">{command.note}</span>}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
      <div className="flex items-center gap-4 border-t px-4 py-2 text-12 text-n10 pointer-coarse:hidden" aria-hidden>
        <span className="flex items-center gap-1.5">
          <Kbd>↑</Kbd>
          <Kbd>↓</Kbd> choose
        </span>
        <span className="flex items-center gap-1.5">
          <Kbd>↵</Kbd> open
        </span>
        <span className="flex items-center gap-1.5">
          <Kbd>Esc</Kbd> close
        </span>
      </div>
    </Autocomplete.Root>
  );
}
