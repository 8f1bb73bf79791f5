export { PulseStackError } from './error.ts';
export type { InboxList, ListQueryOptions, ListSnapshot, LoadedPage } from './inbox-list.ts';
export { createPulseStack, type PulseStack, type PulseStackOptions } from './pulse-stack.ts';
export type { Sound } from './sound.ts';
export type { TokenSource } from './token.ts';
export type {
  Action,
  Actor,
  Change,
  ConnectionState,
  Counts,
  FieldError,
  InboxFilter,
  InboxItem,
  InboxMark,
  InboxState,
  Json,
  ListFilter,
  Priority,
  Readable,
} from './types.ts';
