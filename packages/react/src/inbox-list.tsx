import type { InboxItem as Item, ListFilter } from '@pulsestack/client';
import { type KeyboardEvent, type ReactNode, type UIEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { ItemActions } from './actions.ts';
import { type InboxState, useInbox, useLatest, useNow, useSeen } from './hooks.ts';
import { ArrowUpIcon, BellIcon } from './icons.tsx';
import { InboxItem } from './inbox-item.tsx';
import type { Messages } from './messages/messages.ts';

interface InboxListProps {
  filter: ListFilter;
  panelId: string;
  messages: Messages;
  actions: ItemActions;
  onOpen?: (item: Item) => void;
  onFollow?: () => void;
  empty?: ReactNode;
}

const SCROLLED_PX = 24;
const SKELETONS = [0, 1, 2, 3, 4];

export function InboxList({ filter, panelId, messages, actions, onOpen, onFollow, empty }: InboxListProps) {
  const inbox = useInbox(filter);
  const now = useNow();
  const watchSeen = useSeen();
  const scroller = useRef<HTMLDivElement>(null);
  const latest = useLatest({ items: inbox.items });

  /** After the focused item leaves, the focus goes on to the one that takes its place. */
  const leave = useCallback(
    (item: Item, act: () => void) => {
      const at = latest.current.items.findIndex((one) => one.id === item.id);
      const neighbour = latest.current.items[at + 1] ?? latest.current.items[at - 1];
      act();
      (neighbour ? focusableOf(scroller.current, neighbour.id) : scroller.current)?.focus({ preventScroll: true });
    },
    [latest],
  );
  const stable = useStableActions(actions);

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys rise from the rows, where the focus is
    <div
      ref={scroller}
      id={panelId}
      role="tabpanel"
      tabIndex={-1}
      className="ps-scroll"
      aria-label={messages.title}
      aria-busy={inbox.state === 'loading'}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      {inbox.pending.length > 0 && (
        <button type="button" className="ps-pill" onClick={showPending}>
          <ArrowUpIcon />
          {messages.showNew(inbox.pending.length)}
        </button>
      )}
      {inbox.state === 'loading' && <Skeleton label={messages.loading} />}
      {inbox.state === 'failed' && <Failed messages={messages} onRetry={inbox.refetch} />}
      {inbox.state === 'ready' &&
        inbox.items.length === 0 &&
        !inbox.hasMore &&
        (empty ?? <Empty filter={filter} messages={messages} />)}
      {inbox.items.length > 0 && (
        <ul className="ps-list">
          {inbox.items.map((item) => (
            <InboxItem
              key={item.id}
              item={item}
              now={now}
              messages={messages}
              actions={stable}
              leave={leave}
              onOpen={onOpen}
              onFollow={onFollow}
              watchSeen={watchSeen}
            />
          ))}
        </ul>
      )}
      {inbox.hasMore && <LoadMore inbox={inbox} messages={messages} />}
    </div>
  );

  function onScroll(event: UIEvent<HTMLElement>): void {
    const isScrolled = event.currentTarget.scrollTop > SCROLLED_PX;
    inbox.hold(isScrolled);
    if (!isScrolled && inbox.pending.length > 0) inbox.showPending();
  }

  function showPending(): void {
    inbox.hold(false);
    inbox.showPending();
    scroller.current?.scrollTo({ top: 0 });
    scroller.current?.focus({ preventScroll: true });
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const id = (event.target as HTMLElement).closest<HTMLElement>('[data-id]')?.dataset.id;
    const at = inbox.items.findIndex((item) => item.id === id);
    const item = inbox.items[at];
    const next = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), Home: 0, End: inbox.items.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      const target = inbox.items[Math.min(next, inbox.items.length - 1)];
      if (target) focusableOf(scroller.current, target.id)?.focus();
    }
    if (!item) return;
    if (event.key === 'e') leave(item, () => actions.toggleArchived(item));
    if (event.key === 'u') actions.toggleRead(item);
    if (event.key === 'Delete' || event.key === 'Backspace') leave(item, () => actions.remove(item));
  }
}

/** Loads by itself when it comes near; a button for those who do not scroll. */
function LoadMore({ inbox, messages }: { inbox: InboxState; messages: Messages }) {
  const button = useRef<HTMLButtonElement>(null);
  const latest = useLatest(inbox);
  const { isLoadingMore } = inbox;
  useEffect(() => {
    // Watched anew after each page: a short one may leave the button where it was.
    if (isLoadingMore) return undefined;
    const element = button.current;
    if (!element || typeof IntersectionObserver === 'undefined') return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting && latest.current.error === null) latest.current.loadMore();
      },
      { root: scrollerOf(element), rootMargin: '400px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [latest, isLoadingMore]);
  return (
    <button ref={button} type="button" className="ps-more" onClick={inbox.loadMore} aria-disabled={inbox.isLoadingMore}>
      {inbox.isLoadingMore ? messages.loading : messages.loadMore}
    </button>
  );
}

/** The list where it scrolls; where the page scrolls instead, the list is always in sight of itself. */
function scrollerOf(element: HTMLElement): Element | null {
  const list = element.closest('.ps-scroll');
  return list && list.scrollHeight > list.clientHeight ? list : null;
}

function Skeleton({ label }: { label: string }) {
  return (
    <output className="ps-skeleton">
      <span className="ps-unseen-text">{label}</span>
      {SKELETONS.map((row) => (
        <div key={row} className="ps-skeleton-row" aria-hidden="true">
          <span />
          <div>
            <span />
            <span />
          </div>
        </div>
      ))}
    </output>
  );
}

function Failed({ messages, onRetry }: { messages: Messages; onRetry: () => void }) {
  return (
    <div className="ps-state" role="alert">
      <h3>{messages.failed.title}</h3>
      <p>{messages.failed.text}</p>
      <button type="button" className="ps-button" onClick={onRetry}>
        {messages.failed.retry}
      </button>
    </div>
  );
}

function Empty({ filter, messages }: { filter: ListFilter; messages: Messages }) {
  const { title, text } =
    messages.empty[
      filter.q ? 'search' : filter.state === 'unread' || filter.state === 'archived' ? filter.state : 'active'
    ];
  return (
    <div className="ps-state">
      <span className="ps-state-icon" aria-hidden="true">
        <BellIcon />
      </span>
      <h3>{title}</h3>
      <p>{text}</p>
    </div>
  );
}

function focusableOf(list: HTMLElement | null, id: string): HTMLElement | null {
  return list?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"] [data-item-focus]`) ?? null;
}

/** The same object with every render, so that a row is drawn again only when its own item changes. */
function useStableActions(actions: ItemActions): ItemActions {
  const latest = useLatest(actions);
  const [stable] = useState<ItemActions>(() => ({
    notice: null,
    dismiss: () => latest.current.dismiss(),
    toggleRead: (item) => latest.current.toggleRead(item),
    open: (item) => latest.current.open(item),
    toggleArchived: (item) => latest.current.toggleArchived(item),
    snooze: (item, until) => latest.current.snooze(item, until),
    remove: (item) => latest.current.remove(item),
    readAll: (filter) => latest.current.readAll(filter),
    press: (item, actionId) => latest.current.press(item, actionId),
  }));
  return stable;
}
