import type { InboxItem } from '@pulsestack/core';
import { clsx } from 'clsx';
import { Bell } from 'lucide-react';
import { Badge } from '../../ui/badge.tsx';
import { Picture } from '../../ui/picture.tsx';
import { label, PRIORITY_OPTIONS, priorityTone } from './words.ts';

export type Shown = Pick<
  InboxItem,
  'title' | 'bodyHtml' | 'icon' | 'image' | 'link' | 'actions' | 'category' | 'priority'
> & { actor: { name: string | null } };

/** How it looks where people read it: the top of an inbox on a phone. */
export function InboxFrame({ item, time = 'now' }: { item: Shown; time?: string }) {
  return (
    <figure className="mx-auto w-full max-w-[360px]">
      <div className="overflow-hidden rounded-[28px] border-[6px] border-n5 bg-n1">
        <div className="flex items-center justify-between px-4 pt-3 pb-2">
          <span className="text-16 font-semibold tracking-tight">Inbox</span>
          <span className="relative" aria-hidden>
            <Bell className="size-4.5 text-n11" />
            <span className="absolute -top-0.5 -right-0.5 size-2 rounded-full border-2 border-n1 bg-accent" />
          </span>
        </div>
        <article className="flex min-h-28 gap-3 border-y px-4 py-3.5 text-14">
          <span
            className="mt-0.5 flex size-8 shrink-0 items-center justify-center overflow-hidden rounded-full bg-n4 text-n11"
            aria-hidden
          >
            {item.icon ? <Picture src={item.icon} className="size-full object-cover" /> : <Bell className="size-4" />}
          </span>
          <div className="min-w-0 flex-1">
            <div className="flex items-baseline gap-2">
              <p className={clsx('min-w-0 flex-1 leading-snug font-semibold', item.title === '' && 'text-n10')}>
                {item.title === '' ? 'Title' : item.title}
              </p>
              <span className="text-12 text-n10">{time}</span>
            </div>
            {/* The server renders Markdown to HTML that is safe to show; raw HTML arrives as text. */}
            {item.bodyHtml !== '' && (
              <div
                className="prose-message mt-1 leading-snug text-n11"
                dangerouslySetInnerHTML={{ __html: item.bodyHtml }}
              />
            )}
            {item.image && (
              <Picture
                key={item.image}
                src={item.image}
                className="mt-2.5 max-h-44 w-full rounded-control border object-cover"
              />
            )}
            {item.actions.length > 0 && (
              <div className="mt-3 flex flex-wrap gap-2">
                {item.actions.map((action) => (
                  <span
                    key={action.id}
                    className={clsx(
                      'inline-flex h-8 max-w-full items-center rounded-control px-3 text-13 font-medium',
                      action.style === 'primary'
                        ? 'bg-accent text-on-accent'
                        : action.style === 'danger'
                          ? 'border border-danger-border text-danger-text'
                          : 'border border-n7',
                    )}
                  >
                    <span className="truncate">{action.label}</span>
                  </span>
                ))}
              </div>
            )}
            <p className="mt-2 flex flex-wrap items-center gap-2 text-12 text-n10">
              {item.category !== 'general' && <span>{item.category}</span>}
              {(item.priority === 'high' || item.priority === 'critical') && (
                <Badge tone={priorityTone[item.priority]}>{label(PRIORITY_OPTIONS, item.priority)}</Badge>
              )}
              {item.link && <span className="truncate">{item.link}</span>}
            </p>
          </div>
          <span className="mt-1.5 size-2 shrink-0 rounded-full bg-accent" aria-hidden />
        </article>
        <div className="flex flex-col gap-4 px-4 py-4 opacity-60" aria-hidden>
          {['70%', '52%', '64%'].map((width) => (
            <div key={width} className="flex gap-3">
              <span className="size-8 rounded-full bg-n4" />
              <span className="flex flex-1 flex-col gap-2 pt-1.5">
                <span className="h-2.5 rounded-full bg-n4" style={{ width }} />
                <span className="h-2.5 w-[88%] rounded-full bg-n3" />
              </span>
            </div>
          ))}
        </div>
      </div>
      <figcaption className="sr-only">How it looks in the inbox</figcaption>
    </figure>
  );
}
