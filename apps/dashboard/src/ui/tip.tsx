import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement } from 'react';

/** Names a control for those who point at it; its accessible name is the control's own. */
export function Tip({
  label,
  children,
  side = 'bottom',
}: {
  label: string;
  children: ReactElement;
  side?: 'bottom' | 'right' | 'top';
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} side={side} className="z-50">
          <Tooltip.Popup className="rounded-control bg-n12 px-2 py-1 text-12 text-n1 transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
            {label}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
