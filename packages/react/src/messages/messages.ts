/** Every word the components say. Spread one of the languages and replace what you want said differently. */
export interface Messages {
  /** For dates and numbers. */
  locale: string;
  direction: 'ltr' | 'rtl';
  title: string;
  /** Name of the bell for screen readers; carries the exact number. */
  bell(unread: number): string;
  tabs: { active: string; unread: string; archived: string };
  search: string;
  searchPlaceholder: string;
  closeSearch: string;
  categories: string;
  markAllRead: string;
  markRead: string;
  markUnread: string;
  archive: string;
  unarchive: string;
  snooze: string;
  delete: string;
  more: string;
  urgent: string;
  unread: string;
  presets: { hour: string; evening: string; morning: string; week: string };
  showNew(count: number): string;
  loadMore: string;
  loading: string;
  empty: Record<'active' | 'unread' | 'archived' | 'search', { title: string; text: string }>;
  failed: { title: string; text: string; retry: string };
  offline: string;
  /** What has just been done, beside a button that takes it back. */
  done: Record<'archived' | 'unarchived' | 'snoozed' | 'deleted' | 'allRead', string>;
  undo: string;
  undone: string;
  refused: string;
  dismiss: string;
  toasts: string;
  /** Spoken when something arrives. */
  arrived(count: number, title: string): string;
  sound: string;
  soundOn: string;
  soundOff: string;
  preferences: {
    title: string;
    text: string;
    loading: string;
    failed: string;
    saving: string;
    saved: string;
    channels: Record<'in_app' | 'email' | 'sms' | 'push' | 'whatsapp' | 'chat' | 'webhook', string>;
    alwaysOn: string;
    alwaysOff: string;
    frequency: string;
    cadences: Record<'instant' | 'hourly' | 'daily' | 'weekly', string>;
    time: string;
    day: string;
    pause: string;
    pauses: Record<'none' | 'day' | 'week' | 'month', string>;
    pausedUntil(date: string): string;
    consent: string;
    quietHours: string;
    quietHoursHelp(zone: string): string;
    from: string;
    until: string;
    severalWindows: string;
    everything: string;
    everythingOff: string;
  };
}
