import { type Context, workContext } from '../../kernel/context.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { backoffMs } from './rules.ts';
import type { Page } from './store/due.ts';

const MAX_WORKSPACES = 100;
/** Those that failed before go one by one, so many of a workspace in one round. */
const MAX_ALONE = 20;

/** Rows that are due at an instant, and what happens to them then. */
export interface DueWork<Row> {
  /** What they are called in the log. */
  name: string;
  page: number;
  workspaces(tx: Transaction, now: Date, limit: number): Promise<string[]>;
  take(tx: Transaction, workspaceId: string, now: Date, page: Page): Promise<Row[]>;
  run(ctx: Context, rows: readonly Row[]): Promise<void>;
  postpone(tx: Transaction, workspaceId: string, rows: readonly Row[], tryAt: Date): Promise<void>;
}

/**
 * Does one round of what is due: of each workspace one page, so that none waits for the backlog of another. A page that fails
 * is tried again one by one; what fails by itself waits longer each time, so it keeps nothing else from going. True when
 * another round may find something.
 */
export async function workOffDue<Row extends { tries: number }>(
  runtime: Runtime,
  work: DueWork<Row>,
): Promise<boolean> {
  const now = runtime.clock.now();
  const workspaces = await runtime.db.inSystem((tx) => work.workspaces(tx, now, MAX_WORKSPACES));
  let moved = 0;
  for (const workspaceId of workspaces) {
    moved += await workOffPage(runtime, work, workspaceId, now, { limit: work.page, failedBefore: false });
    for (let alone = 0; alone < MAX_ALONE; alone++) {
      if ((await workOffPage(runtime, work, workspaceId, now, { limit: 1, failedBefore: true })) === 0) break;
      moved++;
    }
  }
  return moved > 0;
}

/** Resolves to how many rows are through, or have been given another time. */
async function workOffPage<Row extends { tries: number }>(
  runtime: Runtime,
  work: DueWork<Row>,
  workspaceId: string,
  now: Date,
  page: Page,
): Promise<number> {
  let rows: Row[] = [];
  try {
    await runtime.db.inWorkspace(workspaceId, async (tx) => {
      rows = await work.take(tx, workspaceId, now, page);
      if (rows.length > 0) await work.run(workContext(runtime, workspaceId, '', tx), rows);
    });
    return rows.length;
  } catch (error) {
    const [only] = rows.length === 1 ? rows : [];
    // Of a page nobody knows which is at fault: each gets its chance alone, and now.
    const waitMs = only ? backoffMs(only.tries + 1, runtime.randomBytes(1).readUInt8() / 0xff, undefined) : 0;
    runtime.log.error(
      { err: error, workspaceId, rows: rows.length, tries: only?.tries, waitMs },
      `${work.name} could not be released${only ? '' : '; each is tried alone'}`,
    );
    return postpone(runtime, work, workspaceId, rows, new Date(now.getTime() + waitMs));
  }
}

async function postpone<Row>(
  runtime: Runtime,
  work: DueWork<Row>,
  workspaceId: string,
  rows: readonly Row[],
  tryAt: Date,
): Promise<number> {
  if (rows.length === 0) return 0;
  try {
    await runtime.db.inWorkspace(workspaceId, (tx) => work.postpone(tx, workspaceId, rows, tryAt));
    return rows.length;
  } catch (error) {
    runtime.log.error({ err: error, workspaceId }, `${work.name} that failed could not be postponed`);
    return 0;
  }
}
