import { Combobox } from '@base-ui/react/combobox';
import { clsx } from 'clsx';
import { Check, Plus, X } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import { Avatar } from '../../ui/badge.tsx';
import { FieldNote } from '../../ui/field.tsx';
import type { Bound } from '../../ui/use-form.ts';
import { useFoundUsers } from './use-publish.ts';

interface Choice {
  id: string;
  name: string | null;
  note: string | null;
  isNew?: boolean;
}

const ID = /^[^\s\p{C}/?#]{1,128}$/u;

/** Several people, found as one types; an id that is not known yet can be named too. */
export function UserPicker({
  field,
  label,
  help,
  allowsNew = true,
}: {
  field: Bound<string[]>;
  label: string;
  help: string;
  allowsNew?: boolean;
}) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const { users } = useFoundUsers(typed);
  const chosen: Choice[] = useMemo(
    () => field.value.map((user) => ({ id: user, name: null, note: null })),
    [field.value],
  );
  const choices = useMemo(() => {
    const found: Choice[] = users.map((user) => ({
      id: user.id,
      name: user.name,
      note: user.email ?? (user.name === null ? null : user.id),
    }));
    const words = typed.trim();
    if (allowsNew && ID.test(words) && !found.some((one) => one.id === words))
      found.push({ id: words, name: null, note: 'Send to this id', isNew: true });
    return found;
  }, [users, typed, allowsNew]);

  return (
    <div className="flex flex-col gap-1.5">
      <Combobox.Root
        multiple
        items={choices}
        filter={null}
        value={chosen}
        onValueChange={(next: Choice[]) => {
          field.change(next.map((one) => one.id));
          setTyped('');
        }}
        inputValue={typed}
        onInputValueChange={setTyped}
        isItemEqualToValue={(a: Choice, b: Choice) => a.id === b.id}
        itemToStringLabel={(choice: Choice) => choice.name ?? choice.id}
        autoHighlight
      >
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        <Combobox.InputGroup
          className={clsx(
            'flex min-h-8 cursor-text flex-wrap items-center gap-1 rounded-control border bg-raised px-1 py-0.5 hover:border-n9 focus-within:border-accent focus-within:outline-2 focus-within:outline-accent',
            field.error ? 'border-danger-text' : 'border-n8',
          )}
        >
          <Combobox.Chips className="contents" aria-label={chosen.length > 0 ? 'Chosen people' : undefined}>
            {chosen.map((one) => (
              <Combobox.Chip
                key={one.id}
                aria-label={one.id}
                className="flex h-6 max-w-full items-center gap-1.5 rounded-[4px] bg-n4 pr-0.5 pl-1 outline-none data-highlighted:bg-n6 focus-within:bg-n6"
              >
                <Avatar name={one.id} size={16} />
                <span className="truncate">{one.id}</span>
                <Combobox.ChipRemove
                  aria-label={`Remove ${one.id}`}
                  className="flex size-5 items-center justify-center rounded-[3px] text-n10 hover:bg-n6 hover:text-n12"
                >
                  <X className="size-3" aria-hidden />
                </Combobox.ChipRemove>
              </Combobox.Chip>
            ))}
            <Combobox.Input
              id={id}
              aria-label={label}
              aria-describedby={`${id}-help`}
              aria-invalid={field.error ? true : undefined}
              placeholder={chosen.length === 0 ? 'Search by id, name or e-mail' : ''}
              onBlur={field.blur}
              className="h-6 min-w-24 flex-1 bg-transparent px-1.5 outline-none pointer-coarse:text-16"
            />
          </Combobox.Chips>
        </Combobox.InputGroup>
        <Combobox.Portal>
          <Combobox.Positioner sideOffset={4} className="z-50 outline-none">
            <Combobox.Popup className="popup max-h-[min(320px,var(--available-height))] w-(--anchor-width) overflow-y-auto p-1">
              <Combobox.Empty className="px-2.5 py-3 text-n10 empty:hidden">Nobody fits.</Combobox.Empty>
              <Combobox.List>
                {(choice: Choice) => (
                  <Combobox.Item
                    key={choice.id}
                    value={choice}
                    className="flex min-h-9 cursor-default items-center gap-2.5 rounded-control px-2 outline-none select-none data-highlighted:bg-n4 pointer-coarse:min-h-11"
                  >
                    {choice.isNew ? (
                      <Plus className="size-5 p-0.5 text-n10" aria-hidden />
                    ) : (
                      <Avatar name={choice.name ?? choice.id} size={20} />
                    )}
                    <span className="min-w-0 truncate">{choice.name ?? choice.id}</span>
                    {choice.note && <span className="ml-auto min-w-0 truncate text-12 text-n10">{choice.note}</span>}
                    <Combobox.ItemIndicator className={choice.note ? '' : 'ml-auto'}>
                      <Check className="size-3.5" aria-hidden />
                    </Combobox.ItemIndicator>
                  </Combobox.Item>
                )}
              </Combobox.List>
            </Combobox.Popup>
          </Combobox.Positioner>
        </Combobox.Portal>
      </Combobox.Root>
      <FieldNote id={`${id}-help`} error={field.error} help={help} />
    </div>
  );
}
