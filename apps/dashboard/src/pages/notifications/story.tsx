import type { Notification } from '@pulsestack/core';
import type { ReactNode } from 'react';
import { Time } from '../../ui/time.tsx';
import { audienceText } from './words.ts';

/** What became of it, as sentences along a line in time. */
export function Story({ notification }: { notification: Notification }) {
  const { actor, stats, state } = notification;
  const sender = actor.kind === 'key' ? `API key ${actor.name ?? actor.id}` : (actor.name ?? actor.id);
  const isBroadcast = 'everyone' in notification.audience;
  return (
    <section aria-labelledby="story">
      <h2 id="story" className="mb-3 text-14">
        Story
      </h2>
      <ol className="flex flex-col">
        <Moment title={`Accepted from ${sender}`} note={<Time at={notification.createdAt} isExact />} />
        <Moment
          title={`Addressed to ${audienceText(notification.audience).replace(/^(Everyone|Topic)/, (word) => word.toLowerCase())}`}
          note={isBroadcast ? 'Stored once for the whole workspace' : 'One receipt for each'}
        />
        {state === 'publishing' ? (
          <Moment title="Being delivered" note={`In ${plural(stats.recipients, 'inbox', 'inboxes')} so far`} />
        ) : (
          <Moment title={`Delivered to ${plural(stats.recipients, 'inbox', 'inboxes')}`} />
        )}
        <Moment
          title={stats.seen === 0 ? 'Not seen yet' : `Seen by ${plural(stats.seen, 'person', 'people')}`}
          isOpen={stats.seen === 0}
        />
        <Moment
          title={stats.read === 0 ? 'Not read yet' : `Read by ${plural(stats.read, 'person', 'people')}`}
          isOpen={stats.read === 0}
          isLast={state !== 'retracted'}
        />
        {state === 'retracted' && <Moment title="Retracted from every inbox" isLast />}
      </ol>
    </section>
  );
}

function Moment({
  title,
  note,
  isOpen,
  isLast,
}: {
  title: string;
  note?: ReactNode;
  isOpen?: boolean;
  isLast?: boolean;
}) {
  return (
    <li className="relative flex gap-3 pb-4 last:pb-0">
      {!isLast && <span aria-hidden className="absolute top-4 bottom-0 left-[4.5px] w-px bg-n6" />}
      <span
        aria-hidden
        className={`mt-[5px] size-2.5 shrink-0 rounded-full border-2 ${isOpen ? 'border-n7 bg-n1' : 'border-n11 bg-n11'}`}
      />
      <span className="min-w-0">
        <span className={`block ${isOpen ? 'text-n10' : ''}`}>{title}</span>
        {note && <span className="block text-12 text-n10">{note}</span>}
      </span>
    </li>
  );
}

const count = new Intl.NumberFormat('en');

function plural(value: number, one: string, many: string): string {
  return `${count.format(value)} ${value === 1 ? one : many}`;
}
