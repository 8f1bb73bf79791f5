import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { usePopover } from './popover.ts';
import { usePulseStackContext } from './provider.tsx';
import { rootProps } from './root.ts';

export interface MenuItem {
  key: string;
  label: string;
  /** Said at the end of the line, for example when. */
  detail?: string;
  icon?: ReactNode;
  isDangerous?: boolean;
  onSelect(): void;
}

export interface MenuProps {
  label: string;
  icon: ReactNode;
  className: string;
  /** Groups are divided by a line; one with a title is named by it. */
  groups: readonly { title?: string; items: readonly MenuItem[] }[];
}

export function Menu({ label, icon, className, groups }: MenuProps) {
  const context = usePulseStackContext();
  const { id, isOpen, isShown, close, anchorRef, popoverRef } = usePopover<HTMLButtonElement>();
  const list = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (isShown) entriesOf(list.current)[0]?.focus({ preventScroll: true });
  }, [isShown]);

  return (
    <>
      <button
        ref={anchorRef}
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={id}
      >
        {icon}
      </button>
      <div ref={popoverRef} id={id} popover="auto" {...rootProps(context, 'ps-popover ps-menu')}>
        {isOpen && (
          <div ref={list} role="menu" aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}>
            {groups.map((group) => (
              <fieldset key={group.items[0]?.key} aria-label={group.title} className="ps-menu-group">
                {group.title && (
                  <div className="ps-menu-title" aria-hidden="true">
                    {group.title}
                  </div>
                )}
                {group.items.map((item) => (
                  <button
                    key={item.key}
                    type="button"
                    role="menuitem"
                    tabIndex={-1}
                    className="ps-menu-item"
                    data-danger={item.isDangerous || undefined}
                    onClick={() => {
                      close();
                      item.onSelect();
                    }}
                  >
                    {item.icon}
                    <span>{item.label}</span>
                    {item.detail && <span className="ps-menu-detail">{item.detail}</span>}
                  </button>
                ))}
              </fieldset>
            ))}
          </div>
        )}
      </div>
    </>
  );

  function onKeyDown(event: KeyboardEvent): void {
    const entries = entriesOf(list.current);
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + entries.length, Home: 0, End: entries.length - 1 }[event.key];
    if (event.key === 'Tab') close();
    // What the list behind the menu does with keys is no business of the menu.
    event.stopPropagation();
    if (next === undefined) return;
    event.preventDefault();
    entries[next % entries.length]?.focus();
  }
}

function entriesOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
}
