import { clsx } from 'clsx';
import { createContext, type ReactNode, useContext, useEffect } from 'react';
import { createPortal } from 'react-dom';

export const HeaderPlace = createContext<{ title: HTMLElement | null; action: HTMLElement | null }>({
  title: null,
  action: null,
});

interface PageProps {
  title: string;
  /** What stands before the title: the way back. */
  before?: ReactNode;
  /** The one thing this page is for. */
  action?: ReactNode;
  children: ReactNode;
  width?: 'full' | 'form' | 'medium';
}

/** A page of the dashboard: its title and primary action stand in the header that stays. */
export function Page({ title, before, action, children, width = 'full' }: PageProps) {
  const place = useContext(HeaderPlace);
  useTitle(title);
  return (
    <>
      {place.title &&
        createPortal(
          <>
            {before}
            <h1 className="truncate text-14">{title}</h1>
          </>,
          place.title,
        )}
      {place.action && action && createPortal(action, place.action)}
      <div
        className={clsx(
          'mx-auto w-full px-4 py-5 sm:px-6',
          width === 'form' && 'max-w-[768px]',
          width === 'medium' && 'max-w-[1248px]',
          width === 'full' && 'max-w-[1648px]',
        )}
      >
        {children}
      </div>
    </>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'PulseStack' : `${title} · PulseStack`;
  }, [title]);
}
