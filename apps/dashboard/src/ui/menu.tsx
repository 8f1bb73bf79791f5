import { Menu as Base } from '@base-ui/react/menu';
import { clsx } from 'clsx';
import { Check, Ellipsis, type LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

const itemClass =
  'flex min-h-8 cursor-default items-center gap-2 rounded-control px-2 outline-none select-none data-highlighted:bg-n4 data-disabled:opacity-50 pointer-coarse:min-h-10';

interface MenuProps {
  trigger: ReactElement;
  children: ReactNode;
  align?: 'start' | 'end';
  className?: string;
}

export function Menu({ trigger, children, align = 'start', className }: MenuProps) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50 outline-none">
          <Base.Popup
            className={clsx('popup max-h-(--available-height) min-w-44 overflow-y-auto p-1 outline-none', className)}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface ItemProps {
  icon?: LucideIcon;
  children: ReactNode;
  onClick?(): void;
  isDangerous?: boolean;
  disabled?: boolean;
  note?: ReactNode;
}

export function MenuItem({ icon: Icon, children, onClick, isDangerous, disabled, note }: ItemProps) {
  return (
    <Base.Item
      className={clsx(itemClass, isDangerous && 'text-danger-text')}
      onClick={onClick}
      disabled={disabled ?? false}
    >
      {Icon && <Icon className={clsx('size-4 shrink-0', !isDangerous && 'text-n10')} aria-hidden />}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {note}
    </Base.Item>
  );
}

export function MenuChoice({
  isChosen,
  onClick,
  children,
  note,
  keepsOpen,
}: {
  isChosen: boolean;
  onClick(): void;
  children: ReactNode;
  note?: ReactNode;
  keepsOpen?: boolean;
}) {
  return (
    <Base.CheckboxItem className={itemClass} checked={isChosen} onCheckedChange={onClick} closeOnClick={!keepsOpen}>
      <span className="flex size-4 shrink-0 items-center justify-center">
        {isChosen && <Check className="size-3.5" aria-hidden />}
      </span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {note}
    </Base.CheckboxItem>
  );
}

export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-2 pb-1 text-12 font-medium text-n10">{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  );
}

export function MenuLine() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-n6" />;
}

/** The three dots at the end of a row. */
export function RowMenu({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          aria-label={label}
          className="flex size-7 items-center justify-center rounded-control text-n10 hover:bg-n4 hover:text-n12 data-popup-open:bg-n4"
        >
          <Ellipsis className="size-4" aria-hidden />
        </button>
      }
    >
      {children}
    </Menu>
  );
}
