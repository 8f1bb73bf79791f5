import { z } from 'zod';
import { enqueue, job } from '../../packages/pulsestack/src/kernel/job.ts';
import { migrate } from '../../packages/pulsestack/src/migrations/migrate.ts';
import { silentLog } from '../../packages/pulsestack/src/ports/log.ts';
import { bareRuntime } from '../../packages/pulsestack/src/testing/runtime.ts';
import { createWorker } from '../../packages/pulsestack/src/transports/worker/jobs.ts';
import type { OpenPlace } from '../jobs.ts';
import { percentile, report, round } from '../machine.ts';
import { wait } from './contender.ts';
import { newWorkspaceId } from './ours.ts';

const BACKLOG = 200_000;
const SMALL = 20;
const ROUNDS = 10;

/** How long small workspaces wait for one job each while another has a backlog. */
export async function fairness(
  kind: 'embedded' | 'server',
  open: (kind: 'embedded' | 'server') => Promise<OpenPlace>,
): Promise<void> {
  const place = await open(kind);
  await migrate(place.database, silentLog);
  const runtime = bareRuntime({ database: place.database });
  const noisy = newWorkspaceId();
  const small = Array.from({ length: SMALL }, newWorkspaceId);
  await place.database.pool.query(
    `insert into jobs (workspace_id, id, name, data, run_at, max_attempts, correlation_id)
     select $1, 'job_' || lpad(n::text, 26, '0'), 'bench.job', '{"added": 0}', clock_timestamp(), 3, 'req_bench' from generate_series(1, ${BACKLOG}) as n`,
    [noisy],
  );
  await place.database.pool.query('analyze jobs');
  const waitedMs: number[] = [];
  let backlogDone = 0;
  const one = job({
    name: 'bench.job',
    data: z.object({ added: z.number() }),
    async run(ctx, { added }) {
      if (ctx.workspaceId === noisy) backlogDone++;
      else waitedMs.push(performance.now() - added);
    },
  });
  const started = performance.now();
  const worker = createWorker(runtime, [one], { timers: true });
  for (let i = 0; i < ROUNDS; i++) {
    await wait(200);
    for (const workspaceId of small)
      await runtime.db.inWorkspace(workspaceId, (tx) =>
        enqueue({ ...runtime, tx, workspaceId, requestId: 'req_bench' }, one, { added: performance.now() }),
      );
  }
  while (waitedMs.length < SMALL * ROUNDS) await wait(5);
  const seconds = (performance.now() - started) / 1000;
  await worker.stop();
  await runtime.pubsub.close();
  await place.close();
  report('jobs', {
    database: kind,
    measure: 'wait behind a backlog of 200,000',
    waitP50Ms: round(percentile(waitedMs, 0.5)),
    waitP99Ms: round(percentile(waitedMs, 0.99)),
    waitMaxMs: round(Math.max(...waitedMs)),
    backlogPerSecond: Math.round(backlogDone / seconds),
    bars: { waitMaxMs: 200 },
  });
}
