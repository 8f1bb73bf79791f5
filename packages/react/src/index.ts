export type { InboxItem, ListFilter, PulseStack } from '@pulsestack/client';
export { Bell, type BellProps } from './bell.tsx';
export {
  type InboxState,
  useConnection,
  useCounts,
  useInbox,
  usePreferences,
  usePulseStack,
  useSound,
  useUnread,
} from './hooks.ts';
export { Inbox, type InboxProps } from './inbox.tsx';
export { ar } from './messages/ar.ts';
export { de } from './messages/de.ts';
export { en } from './messages/en.ts';
export type { Messages } from './messages/messages.ts';
export { Preferences, type PreferencesProps } from './preferences.tsx';
export { PulseStackProvider, type PulseStackProviderProps } from './provider.tsx';
export { SoundToggle } from './sound-toggle.tsx';
export { Toasts, type ToastsProps } from './toasts.tsx';
