import { clsx } from 'clsx';
import { ListFilter, Search, X } from 'lucide-react';
import { Menu, MenuChoice } from '../ui/menu.tsx';
import type { Option } from '../ui/select.tsx';
import { useDraft } from './use-draft.ts';

/** Searches as one types; the address follows after a moment. */
export function SearchFilter({
  value,
  onChange,
  label,
}: {
  value: string | undefined;
  onChange(value: string | undefined): void;
  label: string;
}) {
  const [draft, setDraft] = useDraft(value ?? '', (next) => onChange(next.trim() === '' ? undefined : next.trim()));
  return (
    <div className="relative w-60 max-w-full max-sm:w-full">
      <Search
        className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-n10"
        aria-hidden
      />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        className="h-8 w-full rounded-control border border-n8 bg-raised pr-2 pl-8 hover:border-n9 focus-visible:border-accent focus-visible:outline-offset-0 pointer-coarse:text-16"
      />
    </div>
  );
}

interface ChipProps {
  label: string;
  options: readonly Option[];
  value: string | undefined;
  onChange(value: string | undefined): void;
}

/** One filter as a sentence: "State: published". Dashed while it filters nothing. */
export function FilterChip({ label, options, value, onChange }: ChipProps) {
  const chosen = options.find((option) => option.value === value);
  const shown = chosen?.label ?? value;
  return (
    <span
      className={clsx(
        'inline-flex h-8 max-w-full items-stretch rounded-control border',
        value === undefined ? 'border-dashed border-n8' : 'border-accent-border bg-accent-subtle',
      )}
    >
      <Menu
        trigger={
          <button
            type="button"
            className={clsx(
              'flex min-w-0 items-center gap-1.5 rounded-control px-2.5 hover:bg-n4 data-popup-open:bg-n4',
              value === undefined ? 'text-n11' : 'text-accent-text',
            )}
          >
            {value === undefined && <ListFilter className="size-3.5 shrink-0" aria-hidden />}
            <span className="truncate">{value === undefined ? label : `${label}: ${shown}`}</span>
          </button>
        }
      >
        {options.map((option) => (
          <MenuChoice
            key={option.value}
            isChosen={option.value === value}
            onClick={() => onChange(option.value === value ? undefined : option.value)}
          >
            {option.label}
          </MenuChoice>
        ))}
      </Menu>
      {value !== undefined && (
        <button
          type="button"
          aria-label={`Remove filter ${label}`}
          onClick={() => onChange(undefined)}
          className="flex w-7 items-center justify-center rounded-control text-accent-text hover:bg-n4"
        >
          <X className="size-3.5" aria-hidden />
        </button>
      )}
    </span>
  );
}

/** A filter whose values nobody can list, such as a category: typed. */
export function TextChip({
  label,
  value,
  onChange,
  placeholder,
}: {
  label: string;
  value: string | undefined;
  onChange(value: string | undefined): void;
  placeholder: string;
}) {
  const [draft, setDraft] = useDraft(value ?? '', (next) => onChange(next.trim() === '' ? undefined : next.trim()));
  return (
    <label
      className={clsx(
        'inline-flex h-8 items-center gap-1.5 rounded-control border px-2.5 has-focus-visible:outline-2 has-focus-visible:outline-accent',
        draft === '' ? 'border-dashed border-n8 text-n11' : 'border-accent-border bg-accent-subtle text-accent-text',
      )}
    >
      {label}
      <input
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        placeholder={placeholder}
        className="field-sizing-content max-w-56 min-w-8 bg-transparent text-n12 outline-none pointer-coarse:text-16"
      />
    </label>
  );
}
