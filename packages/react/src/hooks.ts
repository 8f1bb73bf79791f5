import type {
  ConnectionState,
  Counts,
  InboxItem,
  ListFilter,
  ListSnapshot,
  PreferenceSnapshot,
  PreferenceStore,
  PulseStack,
} from '@pulsestack/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { usePulseStackContext } from './provider.tsx';

/** The client behind the components, for everything they do not do. */
export function usePulseStack(): PulseStack {
  return usePulseStackContext().stack;
}

/** How many there are, by category too; null until known. */
export function useCounts(): Counts | null {
  const { counts } = usePulseStack();
  return useSyncExternalStore(counts.subscribe, counts.getSnapshot, nothing);
}

/** How many are unread; 0 until known. */
export function useUnread(): number {
  return useCounts()?.unread ?? 0;
}

export function useConnection(): ConnectionState {
  const { connection } = usePulseStack();
  return useSyncExternalStore(connection.subscribe, connection.getSnapshot, connecting);
}

export interface SoundState {
  isOn: boolean;
  set(isOn: boolean): void;
  test(): void;
}

export function useSound(): SoundState {
  const { sound } = usePulseStack();
  const isOn = useSyncExternalStore(sound.subscribe, sound.getSnapshot, off);
  return { isOn, set: sound.set, test: sound.test };
}

/** What the user wants to receive, and the store that changes it. */
export function usePreferences(): PreferenceSnapshot & { store: PreferenceStore } {
  const { preferences: store } = usePulseStack();
  return { ...useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot), store };
}

export interface InboxState extends ListSnapshot {
  loadMore(): void;
  refetch(): void;
  hold(isHeld: boolean): void;
  showPending(): void;
}

/** One endless list of the inbox, current while the component is mounted. */
export function useInbox(filter: ListFilter = {}): InboxState {
  const stack = usePulseStack();
  const list = stack.inbox(filter);
  const { fetchNextPage, refetch } = useInfiniteQuery(list.query, stack.queries);
  const snapshot = useSyncExternalStore(list.watch, list.getSnapshot, list.getSnapshot);
  return {
    ...snapshot,
    loadMore: () => void fetchNextPage({ cancelRefetch: false }),
    refetch: () => void refetch(),
    hold: list.hold,
    showPending: list.showPending,
  };
}

/** The value of the last render, for what is called later. */
export function useLatest<Value>(value: Value) {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}

/** Calls back for each notification that arrives while the component is mounted. */
export function useArrivals(onArrival: (item: InboxItem) => void): void {
  const stack = usePulseStack();
  const latest = useLatest(onArrival);
  useEffect(() => stack.onArrival((item) => latest.current(item)), [stack, latest]);
}

/** Arrivals are read out while the component is mounted; several components read them out once. */
export function useAnnouncedArrivals(): void {
  const { announcer } = usePulseStackContext();
  useEffect(() => announcer.retain(), [announcer]);
}

/** While the component is mounted, an inbox is on the screen. */
export function useOpenInbox(): void {
  const { announcer } = usePulseStackContext();
  useEffect(() => announcer.openInbox(), [announcer]);
}

/** The time, renewed every half minute for "5m ago". */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** The value once it has stopped changing for a while. */
export function useSettled<Value>(value: Value, afterMs: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}

/** Watches which items are on the screen, to say that they were seen. An item hands itself in; what comes back ends it. */
export function useSeen(): (element: HTMLElement) => () => void {
  const stack = usePulseStack();
  const observer = useRef<IntersectionObserver | null>(null);
  const onScreen = useRef(new Set<string>());
  useEffect(() => {
    const told = () => {
      if (document.visibilityState === 'visible') stack.seen([...onScreen.current]);
    };
    document.addEventListener('visibilitychange', told);
    return () => document.removeEventListener('visibilitychange', told);
  }, [stack]);
  return useCallback(
    (element: HTMLElement) => {
      observer.current ??= new IntersectionObserver((entries) => {
        for (const { target, isIntersecting } of entries) {
          const id = (target as HTMLElement).dataset.id ?? '';
          if (isIntersecting) onScreen.current.add(id);
          else onScreen.current.delete(id);
        }
        if (document.visibilityState === 'visible') stack.seen([...onScreen.current]);
      }, VISIBLE);
      const watching = observer.current;
      watching.observe(element);
      return () => {
        watching.unobserve(element);
        onScreen.current.delete(element.dataset.id ?? '');
      };
    },
    [stack],
  );
}

// Most of an item must be on the screen to count as seen.
const VISIBLE = { threshold: 0.6 };

function nothing(): null {
  return null;
}

function connecting(): ConnectionState {
  return 'connecting';
}

function off(): boolean {
  return false;
}
