import { type CSSProperties, useSyncExternalStore } from 'react';
import type { Announcer } from './announcer.ts';
import type { Messages } from './messages/messages.ts';

// Inline, so that it stays unseen even on a page without our style sheet.
const UNSEEN: CSSProperties = {
  position: 'fixed',
  width: 1,
  height: 1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
  whiteSpace: 'nowrap',
};

export function AnnouncerRegion({ announcer, messages }: { announcer: Announcer; messages: Messages }) {
  const announcement = useSyncExternalStore(announcer.subscribe, announcer.getSnapshot, announcer.getSnapshot);
  return (
    <output aria-live="polite" style={UNSEEN} lang={messages.locale} dir={messages.direction}>
      {announcement && messages.arrived(announcement.count, announcement.title)}
    </output>
  );
}
