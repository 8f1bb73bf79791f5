import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';

export const toasts = Toast.createToastManager();

/** Says that something was done. What failed is said where it failed. */
export function say(title: string, action?: { label: string; act(): void }): void {
  toasts.add({ title, ...(action ? { actionProps: { children: action.label, onClick: action.act } } : {}) });
}

export function Toaster() {
  return (
    <Toast.Provider toastManager={toasts} timeout={5000} limit={3}>
      <Toast.Portal>
        <Toast.Viewport
          aria-label="Done"
          className="fixed right-4 bottom-4 z-50 flex w-[min(360px,calc(100vw-2rem))] flex-col gap-2"
        >
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const { toasts: shown } = Toast.useToastManager();
  return shown.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      swipeDirection="right"
      className="popup flex items-center gap-3 py-2 pr-2 pl-3.5"
    >
      <Toast.Content className="flex min-w-0 flex-1 items-center gap-3">
        <Toast.Title className="min-w-0 flex-1 font-medium" />
        <Toast.Action className="h-7 shrink-0 rounded-control px-2 font-medium text-accent-text hover:bg-n4" />
      </Toast.Content>
      <Toast.Close
        aria-label="Dismiss"
        className="flex size-7 shrink-0 items-center justify-center rounded-control text-n10 hover:bg-n4"
      >
        <X className="size-3.5" aria-hidden />
      </Toast.Close>
    </Toast.Root>
  ));
}
