import type { Column } from './columns.ts';

/** Saves what is loaded as a CSV file that spreadsheets read. */
export function exportCsv<Item>(name: string, columns: readonly Column<Item>[], items: readonly Item[]): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([toCsv(columns, items)], { type: 'text/csv;charset=utf-8' }));
  link.download = `${name}-${new Date().toISOString().slice(0, 10)}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function toCsv<Item>(columns: readonly Column<Item>[], items: readonly Item[]): string {
  const shown = columns.filter((column) => column.text !== undefined);
  const lines = [
    shown.map((column) => column.header),
    ...items.map((item) => shown.map((column) => column.text?.(item) ?? '')),
  ];
  // The mark at the beginning tells spreadsheets that it is UTF-8.
  return `\u{feff}${lines.map((line) => line.map(quote).join(',')).join('\r\n')}\r\n`;
}

function quote(cell: string | number): string {
  if (typeof cell === 'number') return `"${cell}"`;
  // Spreadsheets run text that begins like a formula, and these cells hold other people's text.
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return `"${safe.replaceAll('"', '""')}"`;
}
