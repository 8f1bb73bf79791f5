import { type RowData, useTable } from '@tanstack/react-table';
import { clsx } from 'clsx';
import { type MouseEvent, type ReactNode, useMemo } from 'react';
import type { List } from '../api/list.ts';
import { Button } from '../ui/button.tsx';
import { Box } from '../ui/checkbox.tsx';
import { Failed, RowSkeletons } from '../ui/states.tsx';
import { Count } from '../ui/time.tsx';
import { type Column, columnDefs, features, fromClass } from './columns.ts';
import { Toolbar } from './toolbar.tsx';
import { useSelection } from './use-selection.ts';
import { useVisibility } from './use-visibility.ts';

interface DataTableProps<Item> {
  /** For remembered columns and the name of exports. */
  name: string;
  /** What is listed, as a heading: "Users". */
  what: string;
  list: List<Item>;
  columns: readonly Column<Item>[];
  idOf(item: Item): string;
  /** Chips and search. */
  filters?: ReactNode;
  /** Shown above the rows: new ones that wait to be let in. */
  news?: ReactNode;
  empty: ReactNode;
  onOpen?(item: Item): void;
  rowMenu?(item: Item): ReactNode;
  bulk?(items: Item[], clear: () => void): ReactNode;
}

/** A list as a table: filters, chosen columns, selection, export, and the next page on demand. */
export function DataTable<Item extends RowData>({
  name,
  what,
  list,
  columns,
  idOf,
  filters,
  news,
  empty,
  onOpen,
  rowMenu,
  bulk,
}: DataTableProps<Item>) {
  const [visibility, setVisibility] = useVisibility(name, columns);
  const { selection, setSelection, clear } = useSelection();
  const defs = useMemo(() => columnDefs(columns), [columns]);
  const table = useTable({
    features,
    columns: defs,
    data: list.items,
    getRowId: idOf,
    state: { columnVisibility: visibility, rowSelection: selection },
    onColumnVisibilityChange: setVisibility,
    onRowSelectionChange: setSelection,
    enableRowSelection: bulk !== undefined,
  });
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns]);
  const selected = bulk ? table.getSelectedRowModel().rows.map((row) => row.original) : [];
  const rows = table.getRowModel().rows;

  return (
    <section aria-label={what} className="flex min-w-0 flex-col gap-3">
      <Toolbar
        name={name}
        table={table}
        columns={columns}
        items={list.items}
        filters={filters ?? <Loaded what={what} list={list} />}
        selection={selected.length > 0 ? { count: selected.length, clear, actions: bulk?.(selected, clear) } : null}
      />
      {news}
      {list.error && rows.length === 0 ? (
        <Failed error={list.error} retry={list.retry} what={what} />
      ) : list.isLoading ? (
        <RowSkeletons />
      ) : rows.length === 0 ? (
        empty
      ) : (
        <div className="relative -mx-4 overflow-x-auto sm:mx-0">
          <table className="w-full border-separate border-spacing-0 text-left">
            <thead>
              <tr>
                {bulk && (
                  <th scope="col" className="w-9 border-b pl-3 align-middle">
                    <Box
                      label="Select all that are loaded"
                      isChecked={table.getIsAllRowsSelected()}
                      isMixed={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
                      onChange={(on) => table.toggleAllRowsSelected(on)}
                    />
                  </th>
                )}
                {table.getHeaderGroups()[0]?.headers.map((header) => {
                  const column = byId.get(header.column.id);
                  return (
                    <th
                      key={header.id}
                      scope="col"
                      className={clsx(
                        'h-8 border-b px-3 text-12 font-medium whitespace-nowrap text-n10',
                        column?.align === 'right' && 'tabular text-right',
                        fromClass[column?.from ?? 'always'],
                      )}
                    >
                      {column?.header}
                    </th>
                  );
                })}
                {rowMenu && (
                  <th scope="col" className="w-10 border-b">
                    <span className="sr-only">Actions</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr
                  key={row.id}
                  className={clsx(
                    'group',
                    row.getIsSelected() ? 'bg-accent-subtle' : 'hover:bg-n2',
                    onOpen && 'cursor-default',
                  )}
                  onClick={onOpen ? (event) => isOnRowItself(event) && onOpen(row.original) : undefined}
                >
                  {bulk && (
                    <td className="border-b pl-3 align-middle">
                      <Box
                        label={`Select ${idOf(row.original)}`}
                        isChecked={row.getIsSelected()}
                        onChange={(on) => row.toggleSelected(on)}
                      />
                    </td>
                  )}
                  {row.getVisibleCells().map((cell) => {
                    const column = byId.get(cell.column.id);
                    return (
                      <td
                        key={cell.id}
                        className={clsx(
                          'h-9 border-b px-3 py-1',
                          column?.isWide ? 'w-full max-w-0' : 'whitespace-nowrap',
                          column?.align === 'right' && 'tabular text-right',
                          fromClass[column?.from ?? 'always'],
                        )}
                      >
                        {column?.cell(row.original)}
                      </td>
                    );
                  })}
                  {rowMenu && <td className="border-b pr-2 text-right">{rowMenu(row.original)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasMore && (
        <div className="flex justify-center pt-1">
          <Button onClick={list.loadMore} isBusy={list.isLoadingMore}>
            Load more
          </Button>
        </div>
      )}
      {list.error && rows.length > 0 && <Failed error={list.error} retry={list.retry} what="More" />}
    </section>
  );
}

/** How many there are, in the place of filters where there are none. */
function Loaded<Item>({ what, list }: { what: string; list: List<Item> }) {
  if (list.items.length === 0) return null;
  return (
    <span className="text-n10">
      {what}: <Count value={list.items.length} />
      {list.hasMore && ' loaded, and more'}
    </span>
  );
}

/** A click on a link, button or box inside the row means that, and a drag means selecting text. */
function isOnRowItself(event: MouseEvent): boolean {
  const inside = (event.target as HTMLElement).closest('a, button, input, [role="checkbox"], [role="menu"]');
  return (
    inside === null && event.currentTarget.contains(event.target as Node) && (getSelection()?.toString() ?? '') === ''
  );
}
