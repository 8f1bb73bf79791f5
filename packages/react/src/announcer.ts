import type { InboxItem, PulseStack } from '@pulsestack/client';

/** What is said of arrivals: once, however many components show them. */
export interface Announcer {
  /** An open inbox shows arrivals itself; toasts beside it would say the same again. */
  readonly isInboxOpen: boolean;
  openInbox(): () => void;
  /** Listens while a component that shows arrivals is on the page. */
  retain(): () => void;
  subscribe(listener: () => void): () => void;
  getSnapshot(): Announcement | null;
}

export interface Announcement {
  count: number;
  title: string;
}

// Arrivals within a second are told as one.
const GATHER_MS = 1_000;

export function createAnnouncer(stack: PulseStack): Announcer {
  const listeners = new Set<() => void>();
  let holders = 0;
  let inboxes = 0;
  let stop: (() => void) | null = null;
  let gathered: InboxItem[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let announcement: Announcement | null = null;

  return {
    get isInboxOpen() {
      return inboxes > 0;
    },
    openInbox() {
      inboxes += 1;
      return () => {
        inboxes -= 1;
      };
    },
    getSnapshot: () => announcement,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retain() {
      holders += 1;
      stop ??= stack.onArrival((item) => {
        gathered.push(item);
        timer ??= setTimeout(tell, GATHER_MS);
      });
      return () => {
        holders -= 1;
        if (holders > 0) return;
        stop?.();
        stop = null;
        clearTimeout(timer);
        timer = undefined;
        gathered = [];
      };
    },
  };

  function tell(): void {
    timer = undefined;
    announcement = { count: gathered.length, title: gathered[0]?.title ?? '' };
    gathered = [];
    for (const listener of listeners) listener();
  }
}
