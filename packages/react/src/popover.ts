import { useCallback, useEffect, useId, useRef, useState } from 'react';

const MARGIN = 8;
const GAP = 6;

export interface Popover<Anchor extends HTMLElement> {
  id: string;
  /** From just before it is shown, so that it has its content from the first frame. */
  isOpen: boolean;
  /** From when it is on the screen and can take the focus. */
  isShown: boolean;
  close(): void;
  anchorRef: (element: Anchor | null) => void;
  popoverRef: (element: HTMLElement | null) => void;
}

/**
 * A native popover below (or above) its button. The browser brings what is hard to get right: the top layer, closing by
 * Escape or a click elsewhere, and giving the focus back to the button.
 */
export function usePopover<Anchor extends HTMLElement>(): Popover<Anchor> {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [isShown, setShown] = useState(false);
  const [anchor, setAnchor] = useState<Anchor | null>(null);
  const [popover, setPopover] = useState<HTMLElement | null>(null);
  const close = useCallback(() => popover?.hidePopover?.(), [popover]);

  useEffect(() => {
    if (!anchor || !popover) return undefined;
    connect(anchor, popover);
    const isOpening = (event: Event) => (event as ToggleEvent).newState === 'open';
    const onBefore = (event: Event) => {
      if (isOpening(event)) setOpen(true);
    };
    // The content goes after the popover: the browser gives back the focus only from what is still there.
    const onAfter = (event: Event) => {
      setOpen(isOpening(event));
      setShown(isOpening(event));
    };
    popover.addEventListener('beforetoggle', onBefore);
    popover.addEventListener('toggle', onAfter);
    return () => {
      popover.removeEventListener('beforetoggle', onBefore);
      popover.removeEventListener('toggle', onAfter);
    };
  }, [anchor, popover]);

  useEffect(() => {
    if (!isOpen || !anchor || !popover) return undefined;
    const settle = () => place(popover, anchor);
    settle();
    const resized = new ResizeObserver(settle);
    resized.observe(popover);
    addEventListener('resize', settle);
    addEventListener('scroll', settle, true);
    return () => {
      resized.disconnect();
      removeEventListener('resize', settle);
      removeEventListener('scroll', settle, true);
    };
  }, [isOpen, anchor, popover]);

  return { id, isOpen, isShown, close, anchorRef: setAnchor, popoverRef: setPopover };
}

/** Makes the button the popover's own: the browser opens and closes it, and gives the focus back. */
function connect(button: HTMLElement, popover: HTMLElement): void {
  if ('popoverTargetElement' in button) button.popoverTargetElement = popover;
}

/** Puts a popover below its anchor, ends aligned, inside the window; above it where there is no room below. */
function place(popover: HTMLElement, anchor: HTMLElement): void {
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const isRtl = getComputedStyle(anchor).direction === 'rtl';
  const wanted = isRtl ? from.left : from.right - width;
  const left = Math.max(MARGIN, Math.min(wanted, innerWidth - width - MARGIN));
  const below = innerHeight - from.bottom - GAP - MARGIN;
  const above = from.top - GAP - MARGIN;
  const goesAbove = height > below && above > below;
  popover.style.left = `${left}px`;
  popover.style.top = goesAbove ? `${Math.max(MARGIN, from.top - height - GAP)}px` : `${from.bottom + GAP}px`;
  popover.style.setProperty('--ps-room', `${Math.max(goesAbove ? above : below, 160)}px`);
}

/** For the first element of an opened popover that should have the focus. */
export function useFocusWhenShown(isShown: boolean) {
  const target = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isShown) target.current?.focus({ preventScroll: true });
  }, [isShown]);
  return target;
}
