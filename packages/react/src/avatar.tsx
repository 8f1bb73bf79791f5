import type { InboxItem } from '@pulsestack/client';
import { useState } from 'react';
import { BellIcon } from './icons.tsx';

/** The picture of a notification: its icon, else the initials of the member who sent it, else a bell. */
export function Avatar({ item }: { item: InboxItem }) {
  const [isBroken, setBroken] = useState(false);
  if (item.icon && !isBroken)
    return (
      <img
        className="ps-avatar"
        src={item.icon}
        alt=""
        width={32}
        height={32}
        loading="lazy"
        onError={() => setBroken(true)}
      />
    );
  const initials = item.actor.kind === 'member' ? initialsOf(item.actor.name) : '';
  return (
    <span className="ps-avatar" aria-hidden="true">
      {initials || <BellIcon />}
    </span>
  );
}

function initialsOf(name: string | null): string {
  const words = (name ?? '').trim().split(/\s+/).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  return picked
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}
