import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface FilterCost {
  name: string;
  microsPerEvent: number;
  evaluationsPerEvent: number;
  deliveriesPerEvent: number;
}

/** Runs `filter.ts` in a process of its own: it measures the CPU of the whole process. */
export async function measureFilters({ readers, events }: { readers: number; events: number }): Promise<FilterCost[]> {
  const file = fileURLToPath(new URL('./filter.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=source',
    '--disable-warning=ExperimentalWarning',
    file,
    String(readers),
    String(events),
  ]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as FilterCost);
}
