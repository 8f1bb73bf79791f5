import type { ColumnVisibilityState, OnChangeFn } from '@tanstack/react-table';
import { useState } from 'react';
import type { Column } from './columns.ts';

/** Which columns are shown; this browser remembers. */
export function useVisibility<Item>(
  name: string,
  columns: readonly Column<Item>[],
): [ColumnVisibilityState, OnChangeFn<ColumnVisibilityState>] {
  const key = `pulsestack.columns.${name}`;
  const [visibility, setVisibility] = useState<ColumnVisibilityState>(() => ({
    ...Object.fromEntries(columns.filter((column) => column.isHiddenAtFirst).map((column) => [column.id, false])),
    ...read(key),
  }));
  const change: OnChangeFn<ColumnVisibilityState> = (updater) => {
    const next = typeof updater === 'function' ? updater(visibility) : updater;
    setVisibility(next);
    try {
      localStorage.setItem(key, JSON.stringify(next));
    } catch {
      // The choice then lasts as long as the page.
    }
  };
  return [visibility, change];
}

function read(key: string): ColumnVisibilityState {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}') as ColumnVisibilityState;
  } catch {
    return {};
  }
}
