import {
  columnVisibilityFeature,
  createColumnHelper,
  type RowData,
  rowSelectionFeature,
  tableFeatures,
} from '@tanstack/react-table';
import type { ReactNode } from 'react';

export const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature });

/** From which width on a column is worth its place. */
export type From = 'always' | 'sm' | 'md' | 'lg' | 'xl';

export interface Column<Item> {
  id: string;
  header: string;
  cell(item: Item): ReactNode;
  /** The cell in an export; without it the column is not exported. */
  text?(item: Item): string | number;
  from?: From;
  align?: 'right';
  /** Grows to take what the others leave. */
  isWide?: boolean;
  /** Cannot be hidden. */
  isFixed?: boolean;
  isHiddenAtFirst?: boolean;
}

export const fromClass: Record<From, string> = {
  always: '',
  sm: 'max-sm:hidden',
  md: 'max-md:hidden',
  lg: 'max-lg:hidden',
  xl: 'max-xl:hidden',
};

export function columnDefs<Item extends RowData>(columns: readonly Column<Item>[]) {
  const helper = createColumnHelper<typeof features, Item>();
  return columns.map((column) =>
    helper.display({
      id: column.id,
      header: column.header,
      cell: ({ row }) => column.cell(row.original),
      enableHiding: !column.isFixed,
    }),
  );
}
