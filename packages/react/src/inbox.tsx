import type { InboxItem as Item, ListFilter } from '@pulsestack/client';
import { type ReactNode, useId, useState } from 'react';
import { useItemActions } from './actions.ts';
import { CategoryChips, SearchField, type Tab, Tabs } from './filters.tsx';
import { useAnnouncedArrivals, useConnection, useCounts, useOpenInbox, useSettled } from './hooks.ts';
import { CloseIcon, ReadAllIcon, SearchIcon } from './icons.tsx';
import { InboxList } from './inbox-list.tsx';
import { NoticeBar } from './notice-bar.tsx';
import { usePulseStackContext } from './provider.tsx';
import { rootProps } from './root.ts';
import { SoundToggle } from './sound-toggle.tsx';

export interface InboxProps {
  /** Called instead of following the link of what was clicked, for a router of your own. */
  onOpen?: (item: Item) => void;
  /** Called when a click leads away, so that what contains the inbox may close. */
  onFollow?: () => void;
  /** What a category is called. Default: its name with a capital. */
  categoryLabel?: (category: string) => string;
  /** Shown when there is nothing. Default: a sentence. */
  empty?: ReactNode;
}

const SEARCH_AFTER_MS = 250;

/** The whole inbox: tabs, search, categories, an endless list, and a way back from everything. */
export function Inbox({ onOpen, onFollow, categoryLabel = capitalised, empty }: InboxProps) {
  const context = usePulseStackContext();
  const { messages } = context;
  const counts = useCounts();
  const connection = useConnection();
  const actions = useItemActions();
  const panelId = useId();
  const [tab, setTab] = useState<Tab>('active');
  const [category, setCategory] = useState<string | null>(null);
  const [words, setWords] = useState<string | null>(null);
  const q = useSettled(words?.trim() || undefined, SEARCH_AFTER_MS);
  const filter: ListFilter = { state: tab, q, category: category ?? undefined };
  useAnnouncedArrivals();
  useOpenInbox();

  return (
    <section {...rootProps(context, 'ps-inbox')} aria-label={messages.title}>
      <header className="ps-header">
        <h2 className="ps-heading">{messages.title}</h2>
        <div className="ps-tools">
          <button
            type="button"
            className="ps-tool"
            aria-label={words === null ? messages.search : messages.closeSearch}
            title={words === null ? messages.search : messages.closeSearch}
            aria-expanded={words !== null}
            onClick={() => setWords(words === null ? '' : null)}
          >
            {words === null ? <SearchIcon /> : <CloseIcon />}
          </button>
          <SoundToggle />
          <button
            type="button"
            className="ps-tool"
            aria-label={messages.markAllRead}
            title={messages.markAllRead}
            disabled={!counts?.unread}
            onClick={() => actions.readAll(category === null ? {} : { category })}
          >
            <ReadAllIcon />
          </button>
        </div>
      </header>
      {words !== null && (
        <SearchField words={words} messages={messages} onChange={setWords} onClose={() => setWords(null)} />
      )}
      <Tabs tab={tab} unread={counts?.unread ?? 0} messages={messages} panelId={panelId} onSelect={setTab} />
      <CategoryChips
        counts={counts}
        chosen={category}
        label={categoryLabel}
        messages={messages}
        onChoose={setCategory}
      />
      {connection === 'offline' && <output className="ps-offline">{messages.offline}</output>}
      <InboxList
        key={`${tab} ${category ?? ''} ${q ?? ''}`}
        filter={filter}
        panelId={panelId}
        messages={messages}
        actions={actions}
        onOpen={onOpen}
        onFollow={onFollow}
        empty={empty}
      />
      <NoticeBar notice={actions.notice} messages={messages} onDismiss={actions.dismiss} />
    </section>
  );
}

function capitalised(category: string): string {
  const words = category.replace(/[._-]+/g, ' ');
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
