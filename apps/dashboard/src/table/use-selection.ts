import type { RowSelectionState } from '@tanstack/react-table';
import { useState } from 'react';

export function useSelection() {
  const [selection, setSelection] = useState<RowSelectionState>({});
  return { selection, setSelection, clear: () => setSelection({}) };
}
