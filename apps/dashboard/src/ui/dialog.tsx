import { Dialog as Base } from '@base-ui/react/dialog';
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import type { FormEvent, ReactNode } from 'react';

interface DialogProps {
  isOpen: boolean;
  onClose(): void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons, the one that acts last. */
  footer?: ReactNode;
  onSubmit?(event: FormEvent): void;
  isWide?: boolean;
}

export function Dialog({ isOpen, onClose, title, description, children, footer, onSubmit, isWide }: DialogProps) {
  const content = (
    <>
      <div className="px-5 pt-4 pr-14 pb-1">
        <Base.Title className="text-16">{title}</Base.Title>
        {description && <Base.Description className="mt-1 text-n11">{description}</Base.Description>}
      </div>
      {children && <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-5 pt-3 pb-5">{children}</div>}
      {footer && <div className="flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">{footer}</div>}
    </>
  );
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity duration-120 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Viewport className="fixed inset-0 z-40 flex items-start justify-center overflow-hidden p-4 pt-[min(12vh,96px)]">
          <Base.Popup
            className={clsx(
              'popup relative flex max-h-full w-full flex-col overflow-hidden outline-none',
              isWide ? 'max-w-[640px]' : 'max-w-[460px]',
            )}
          >
            {onSubmit ? (
              <form onSubmit={onSubmit} noValidate className="flex min-h-0 flex-col">
                {content}
              </form>
            ) : (
              content
            )}
            {/* Last in the order of focus, so that a dialog begins at its first field. */}
            <Base.Close
              aria-label="Close"
              className="absolute top-3 right-3.5 flex size-7 items-center justify-center rounded-control text-n10 hover:bg-n4 hover:text-n12"
            >
              <X className="size-4" aria-hidden />
            </Base.Close>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

/** A panel at the right edge that shows one row of a list without leaving the list. */
export function Panel({
  isOpen,
  onClose,
  title,
  description,
  children,
}: Omit<DialogProps, 'footer' | 'onSubmit' | 'isWide'>) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity duration-120 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup className="fixed inset-y-0 right-0 z-40 flex w-[min(520px,100vw)] flex-col border-l bg-raised outline-none transition-transform duration-160 ease-out data-ending-style:translate-x-8 data-ending-style:opacity-0 data-starting-style:translate-x-8">
          <div className="flex items-start gap-4 border-b px-5 py-3.5">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-14">{title}</Base.Title>
              {description && <Base.Description className="text-12 text-n10">{description}</Base.Description>}
            </div>
            <Base.Close
              aria-label="Close"
              className="-mr-1.5 flex size-7 shrink-0 items-center justify-center rounded-control text-n10 hover:bg-n4 hover:text-n12"
            >
              <X className="size-4" aria-hidden />
            </Base.Close>
          </div>
          <div className="flex-1 overflow-y-auto p-5">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
