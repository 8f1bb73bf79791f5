import { expect, it } from 'vitest';
import type { Column } from './columns.ts';
import { toCsv } from './export.ts';

const columns: Column<{ name: string; count: number }>[] = [
  { id: 'name', header: 'Name', cell: () => null, text: (item) => item.name },
  { id: 'menu', header: 'Menu', cell: () => null },
  { id: 'count', header: 'Count', cell: () => null, text: (item) => item.count },
];

it('exports what columns can say as text, quoted, and runs no formula of somebody else', () => {
  const csv = toCsv(columns, [
    { name: 'Ada "the first", Lovelace', count: 1 },
    { name: '=HYPERLINK("https://evil.example")', count: -2 },
  ]);
  expect(csv).toBe(
    '\u{feff}"Name","Count"\r\n"Ada ""the first"", Lovelace","1"\r\n"\'=HYPERLINK(""https://evil.example"")","-2"\r\n',
  );
});
