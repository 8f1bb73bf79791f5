import { workContext } from '../../kernel/context.ts';
import type { Tick } from '../../kernel/job.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/time/index.ts';
import { fireDue } from './fire.ts';
import * as store from './store.ts';

const AT_ONCE = 100;

/** Fires what is due. Several processes may do so at once: the row of a schedule is locked, and each fire is claimed. */
async function sweep(runtime: Runtime): Promise<boolean> {
  const due = await runtime.db.inSystem((tx) => store.listDue(tx, runtime.clock.now(), AT_ONCE));
  for (const { workspace_id, id } of due) {
    try {
      await runtime.db.inWorkspace(workspace_id, (tx) =>
        fireDue(workContext(runtime, workspace_id, runtime.newId('request'), tx), id),
      );
    } catch (error) {
      runtime.log.error(
        { err: error, workspaceId: workspace_id, scheduleId: id },
        'a schedule could not fire; it is tried again',
      );
      // It is still due, and what it has missed is made up for; it only must not stand in the way of the others.
      const later = new Date(runtime.clock.nowMs() + MINUTE_MS);
      await runtime.db.inWorkspace(workspace_id, (tx) => store.postpone(tx, workspace_id, id, later));
    }
  }
  return due.length === AT_ONCE;
}

export const ticks: readonly Tick[] = [
  { name: 'schedules.fire', everyMs: 1000, run: sweep },
  {
    name: 'schedules.forgetFires',
    everyMs: HOUR_MS,
    run: ({ db, clock, settings }) =>
      db.inSystem((tx) => store.forgetFires(tx, new Date(clock.nowMs() - settings.retentionDays * DAY_MS))),
  },
];
