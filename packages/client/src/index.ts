export { PulseStackError } from './error.ts';
export type { InboxList, ListQueryOptions, ListSnapshot, LoadedPage } from './inbox-list.ts';
export type { PreferenceSnapshot, PreferenceStore } from './preferences.ts';
export { createPulseStack, type PulseStack, type PulseStackOptions } from './pulse-stack.ts';
export type { Sound } from './sound.ts';
export type { TokenSource } from './token.ts';
export type {
  Action,
  Actor,
  Cadence,
  Change,
  Channel,
  ConnectionState,
  Counts,
  FieldError,
  InboxFilter,
  InboxItem,
  InboxMark,
  InboxState,
  Json,
  ListFilter,
  Preferences,
  PreferencesPatch,
  Priority,
  QuietHours,
  Readable,
} from './types.ts';
