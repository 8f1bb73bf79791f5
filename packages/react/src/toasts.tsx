import type { InboxItem } from '@pulsestack/client';
import { useEffect, useRef, useState } from 'react';
import { Avatar } from './avatar.tsx';
import { useAnnouncedArrivals, useArrivals, useLatest, usePulseStack } from './hooks.ts';
import { CloseIcon } from './icons.tsx';
import { usePulseStackContext } from './provider.tsx';
import { rootProps } from './root.ts';
import { safeLink } from './safe-link.ts';

export interface ToastsProps {
  /** How many at once; the oldest makes room. Default: 3. */
  max?: number;
  /** How long each stays, in milliseconds; it stays longer while it is hovered or focused. Default: 6,000. */
  duration?: number;
  position?: 'top-end' | 'top-start' | 'bottom-end' | 'bottom-start';
  /** Called instead of following the link of what was clicked, for a router of your own. */
  onOpen?: (item: InboxItem) => void;
}

// After a pause there must be time to take the hand away without it vanishing at once.
const LEAST_MS = 1_500;

/** Shows what arrives while the page is open, for a moment. */
export function Toasts({ max = 3, duration = 6_000, position = 'bottom-end', onOpen }: ToastsProps) {
  const context = usePulseStackContext();
  const [items, setItems] = useState<readonly InboxItem[]>([]);
  const [isPaused, setPaused] = useState(false);
  useAnnouncedArrivals();
  useArrivals((item) => {
    if (context.announcer.isInboxOpen) return;
    setItems((shown) => [item, ...shown.filter((one) => one.id !== item.id)].slice(0, max));
  });

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it only notices that it is being read
    <section
      {...rootProps(context, 'ps-toasts')}
      data-position={position}
      aria-label={context.messages.toasts}
      onPointerEnter={() => setPaused(true)}
      onPointerLeave={() => setPaused(false)}
      onFocus={() => setPaused(true)}
      onBlur={() => setPaused(false)}
    >
      {items.map((item) => (
        <Toast
          key={item.id}
          item={item}
          duration={duration}
          isPaused={isPaused}
          onOpen={onOpen}
          onGone={() => remove(item.id)}
        />
      ))}
    </section>
  );

  function remove(id: string): void {
    setItems((shown) => shown.filter((one) => one.id !== id));
    setPaused(false);
  }
}

interface ToastProps {
  item: InboxItem;
  duration: number;
  isPaused: boolean;
  onOpen: ToastsProps['onOpen'];
  onGone(): void;
}

function Toast({ item, duration, isPaused, onOpen, onGone }: ToastProps) {
  const stack = usePulseStack();
  const { messages } = usePulseStackContext();
  const link = safeLink(item.link);
  useExpiry(duration, isPaused, onGone);

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys rise from what has the focus
    <article
      className="ps-toast"
      data-priority={item.priority}
      onKeyDown={(event) => event.key === 'Escape' && onGone()}
    >
      <Avatar item={item} />
      <div className="ps-toast-content">
        {link || onOpen ? (
          <a
            className="ps-toast-title ps-stretched"
            href={link ?? '#'}
            dir="auto"
            onClick={(event) => {
              void stack.read(item.id).catch(() => {});
              if (onOpen || !link) event.preventDefault();
              onOpen?.(item);
              onGone();
            }}
          >
            {item.title}
          </a>
        ) : (
          <p className="ps-toast-title" dir="auto">
            {item.title}
          </p>
        )}
        {item.body && (
          // The server renders the body to safe HTML and escapes everything it does not know.
          <div className="ps-body" dir="auto" dangerouslySetInnerHTML={{ __html: item.bodyHtml }} />
        )}
      </div>
      <button type="button" className="ps-tool ps-toast-close" aria-label={messages.dismiss} onClick={onGone}>
        <CloseIcon />
      </button>
    </article>
  );
}

/** Runs out after a while in which it was not paused. */
function useExpiry(duration: number, isPaused: boolean, onGone: () => void): void {
  const left = useRef(duration);
  const gone = useLatest(onGone);
  useEffect(() => {
    if (isPaused) return undefined;
    const startedAt = Date.now();
    const timer = setTimeout(() => gone.current(), left.current);
    return () => {
      clearTimeout(timer);
      left.current = Math.max(LEAST_MS, left.current - (Date.now() - startedAt));
    };
  }, [isPaused, gone]);
}
