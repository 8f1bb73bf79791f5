import { useAnnouncedArrivals, useCounts } from './hooks.ts';
import { BellIcon } from './icons.tsx';
import { Inbox, type InboxProps } from './inbox.tsx';
import { useFocusWhenShown, usePopover } from './popover.ts';
import { usePulseStackContext } from './provider.tsx';
import { rootProps } from './root.ts';

// Beyond two digits nobody reads the number, only that there are many; screen readers are told exactly.
const MAX_SHOWN = 99;

export interface BellProps extends InboxProps {
  className?: string;
}

/** A bell with a live badge; it opens the inbox. */
export function Bell({ className = '', ...inbox }: BellProps) {
  const context = usePulseStackContext();
  const unread = useCounts()?.unread ?? 0;
  const { id, isOpen, isShown, close, anchorRef, popoverRef } = usePopover<HTMLButtonElement>();
  const focusTarget = useFocusWhenShown(isShown);
  useAnnouncedArrivals();

  return (
    <div {...rootProps(context, `ps-bell ${className}`)}>
      <button
        ref={anchorRef}
        type="button"
        className="ps-bell-button"
        aria-label={context.messages.bell(unread)}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-controls={id}
      >
        <BellIcon />
        {unread > 0 && (
          <span className="ps-badge" aria-hidden="true">
            {unread > MAX_SHOWN ? `${MAX_SHOWN}+` : unread}
          </span>
        )}
      </button>
      <dialog
        ref={popoverRef}
        id={id}
        popover="auto"
        aria-label={context.messages.title}
        {...rootProps(context, 'ps-popover ps-bell-popover')}
      >
        {isOpen && (
          <div ref={focusTarget} tabIndex={-1} className="ps-bell-content">
            <Inbox
              {...inbox}
              onFollow={() => {
                close();
                inbox.onFollow?.();
              }}
            />
          </div>
        )}
      </dialog>
    </div>
  );
}
