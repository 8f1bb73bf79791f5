import { Dialog } from '@base-ui/react/dialog';
import { Bell, PulseStackProvider, Toasts } from '@pulsestack/react';
import { Outlet } from '@tanstack/react-router';
import { Menu as MenuIcon } from 'lucide-react';
import { useState } from 'react';
import { session } from '../api/session.ts';
import { useSession } from '../session/use-session.ts';
import { CommandPalette } from './command-palette.tsx';
import { HeaderPlace } from './page.tsx';
import { Rail } from './rail.tsx';
import { usePaletteKey } from './use-palette-key.ts';

/** What surrounds every page of a signed-in member. A switch of the workspace begins it anew. */
export function Shell() {
  const current = useSession();
  if (current.status !== 'signed-in') return null;
  return (
    <PulseStackProvider key={current.workspaceId} token={session.token}>
      <Frame />
    </PulseStackProvider>
  );
}

function Frame() {
  const [title, setTitle] = useState<HTMLElement | null>(null);
  const [action, setAction] = useState<HTMLElement | null>(null);
  const [isRailOpen, setRailOpen] = useState(false);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  usePaletteKey(() => setPaletteOpen((open) => !open));

  return (
    <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] lg:grid-cols-[232px_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-50 rounded-control bg-n12 px-3 py-1.5 text-n1 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <aside className="sticky top-0 h-dvh border-r max-lg:hidden">
        <Rail onSearch={() => setPaletteOpen(true)} />
      </aside>
      <div className="flex min-w-0 flex-col">
        <header className="sticky top-0 z-20 flex h-13 items-center gap-2 border-b bg-n1 px-3 sm:px-6">
          <button
            type="button"
            aria-label="Open sections"
            onClick={() => setRailOpen(true)}
            className="-ml-1 flex size-9 items-center justify-center rounded-control text-n11 hover:bg-n4 lg:hidden"
          >
            <MenuIcon className="size-4.5" aria-hidden />
          </button>
          <div ref={setTitle} className="flex min-w-0 flex-1 items-center gap-2" />
          <div ref={setAction} className="flex items-center gap-2" />
          <Bell />
        </header>
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <HeaderPlace value={{ title, action }}>
            <Outlet />
          </HeaderPlace>
        </main>
      </div>
      <Toasts />
      <Dialog.Root open={isRailOpen} onOpenChange={setRailOpen}>
        <Dialog.Portal>
          <Dialog.Backdrop className="fixed inset-0 z-30 bg-overlay transition-opacity duration-120 data-ending-style:opacity-0 data-starting-style:opacity-0" />
          <Dialog.Popup
            aria-label="Sections"
            className="fixed inset-y-0 left-0 z-30 w-[264px] border-r outline-none transition-transform duration-160 ease-out data-ending-style:-translate-x-full data-starting-style:-translate-x-full"
          >
            <Rail
              onNavigate={() => setRailOpen(false)}
              onSearch={() => {
                setRailOpen(false);
                setPaletteOpen(true);
              }}
            />
            <Dialog.Close className="sr-only">Close sections</Dialog.Close>
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
      <CommandPalette isOpen={isPaletteOpen} onClose={() => setPaletteOpen(false)} />
    </div>
  );
}
