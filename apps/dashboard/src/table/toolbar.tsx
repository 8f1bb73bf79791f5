import type { RowData, Table } from '@tanstack/react-table';
import { Columns3, Download, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../ui/button.tsx';
import { Menu, MenuChoice } from '../ui/menu.tsx';
import type { Column, features } from './columns.ts';
import { exportCsv } from './export.ts';

interface ToolbarProps<Item extends RowData> {
  name: string;
  table: Table<typeof features, Item>;
  columns: readonly Column<Item>[];
  items: readonly Item[];
  filters: ReactNode;
  selection: { count: number; clear(): void; actions: ReactNode } | null;
}

export function Toolbar<Item extends RowData>({ name, table, columns, items, filters, selection }: ToolbarProps<Item>) {
  if (selection) {
    return (
      <div className="flex min-h-8 flex-wrap items-center gap-2" role="toolbar" aria-label="Selected rows">
        <span className="tabular font-medium">{selection.count} selected</span>
        {selection.actions}
        <IconButton label="Clear selection" onClick={selection.clear}>
          <X className="size-4" aria-hidden />
        </IconButton>
      </div>
    );
  }
  const hideable = table.getAllLeafColumns().filter((column) => column.getCanHide());
  return (
    <div className="flex min-h-8 items-start gap-2">
      <div className="flex min-h-8 min-w-0 flex-1 flex-wrap items-center gap-2">{filters}</div>
      <div className="flex items-center">
        {items.length > 0 && hideable.length > 0 && (
          <Menu
            align="end"
            trigger={
              <button
                type="button"
                aria-label="Choose columns"
                title="Choose columns"
                className="flex size-8 items-center justify-center rounded-control text-n11 hover:bg-n4 data-popup-open:bg-n4"
              >
                <Columns3 className="size-4" aria-hidden />
              </button>
            }
          >
            {hideable.map((column) => (
              <MenuChoice
                key={column.id}
                keepsOpen
                isChosen={column.getIsVisible()}
                onClick={() => column.toggleVisibility()}
              >
                {columns.find((one) => one.id === column.id)?.header}
              </MenuChoice>
            ))}
          </Menu>
        )}
        {items.length > 0 && (
          <IconButton label="Export what is loaded as CSV" onClick={() => exportCsv(name, columns, items)}>
            <Download className="size-4" aria-hidden />
          </IconButton>
        )}
      </div>
    </div>
  );
}
