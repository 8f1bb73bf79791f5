import type { InboxFilter, InboxMark, InboxState } from './generated.ts';

export type {
  Action,
  Actor,
  Cadence,
  Channel,
  Counts as ServerCounts,
  FieldError,
  InboxFilter,
  InboxItem,
  InboxMark,
  InboxPage as ServerPage,
  InboxState,
  Json,
  MarkResult,
  Preferences,
  PreferencesPatch,
  Priority,
  QuietHours,
  StreamEvents,
} from './generated.ts';

/** What a list shows. Everything left out means "any"; `state` defaults to `active`. */
export interface ListFilter extends InboxFilter {
  state?: InboxState;
  /** Full-text search: words, "phrases", -without. */
  q?: string;
}

/** How many there are, with what this tab has just changed already counted. */
export interface Counts {
  unread: number;
  unseen: number;
  categories: Readonly<Record<string, { unread: number; unseen: number }>>;
}

/** `live`: events arrive as they happen. `offline`: not for several seconds; what is shown may be old. */
export type ConnectionState = 'connecting' | 'live' | 'offline';

/** The shape React's `useSyncExternalStore` and every other framework can bind. */
export interface Readable<Value> {
  subscribe(listener: () => void): () => void;
  getSnapshot(): Value;
}

/** Takes a change back; resolves when the server has done so. */
export interface Change {
  changed: number;
  undo(): Promise<void>;
}

export type MarkName = InboxMark | 'snooze' | 'unsnooze';
