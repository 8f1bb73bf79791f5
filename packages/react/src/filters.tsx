import type { Counts } from '@pulsestack/client';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { SearchIcon } from './icons.tsx';
import type { Messages } from './messages/messages.ts';

const TABS = ['active', 'unread', 'archived'] as const;
export type Tab = (typeof TABS)[number];

interface TabsProps {
  tab: Tab;
  unread: number;
  messages: Messages;
  panelId: string;
  onSelect(tab: Tab): void;
}

export function Tabs({ tab, unread, messages, panelId, onSelect }: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  return (
    <div ref={list} className="ps-tabs" role="tablist" aria-label={messages.title}>
      {TABS.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          className="ps-tab"
          aria-selected={name === tab}
          aria-controls={panelId}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => onSelect(name)}
          onKeyDown={onKeyDown}
        >
          {messages.tabs[name]}
          {name === 'unread' && unread > 0 && (
            <span className="ps-tab-count">{new Intl.NumberFormat(messages.locale).format(unread)}</span>
          )}
        </button>
      ))}
    </div>
  );

  function onKeyDown(event: KeyboardEvent): void {
    const forward = messages.direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    if (!['ArrowLeft', 'ArrowRight'].includes(event.key)) return;
    event.preventDefault();
    const at = (TABS.indexOf(tab) + (event.key === forward ? 1 : -1) + TABS.length) % TABS.length;
    onSelect(TABS[at] ?? 'active');
    (list.current?.children[at] as HTMLElement | undefined)?.focus();
  }
}

interface CategoryChipsProps {
  counts: Counts | null;
  chosen: string | null;
  label(category: string): string;
  messages: Messages;
  onChoose(category: string | null): void;
}

/** Shown where there is something to choose between. */
export function CategoryChips({ counts, chosen, label, messages, onChoose }: CategoryChipsProps) {
  const categories = Object.entries(counts?.categories ?? {}).sort(([a], [b]) => a.localeCompare(b));
  if (categories.length < 2) return null;
  return (
    <fieldset className="ps-chips" aria-label={messages.categories}>
      {categories.map(([name, { unread }]) => (
        <button
          key={name}
          type="button"
          className="ps-chip"
          aria-pressed={name === chosen}
          onClick={() => onChoose(name === chosen ? null : name)}
        >
          {label(name)}
          {unread > 0 && <span className="ps-chip-count">{unread}</span>}
        </button>
      ))}
    </fieldset>
  );
}

interface SearchFieldProps {
  words: string;
  messages: Messages;
  onChange(words: string): void;
  onClose(): void;
}

export function SearchField({ words, messages, onChange, onClose }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  // It appears because it was asked for; whoever asked wants to type.
  useEffect(() => field.current?.focus(), []);
  return (
    <search className="ps-search">
      <SearchIcon />
      <input
        type="search"
        ref={field}
        maxLength={200}
        aria-label={messages.searchPlaceholder}
        placeholder={messages.searchPlaceholder}
        value={words}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          // Escape closes what is innermost: the field first, the popover around it by the next.
          event.preventDefault();
          event.stopPropagation();
          onClose();
        }}
      />
    </search>
  );
}
