import type { Tick } from '../../kernel/job.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { nextCron } from '../../kernel/time/index.ts';
import type { Clock } from '../../ports/clock.ts';

/** Runs the recurring work of the installation. Ticks are idempotent, so two processes may run the same one without harm. */
export interface Ticker {
  /** Runs every tick that is due by the clock; for tests that move it. */
  runDue(): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_MS = 250;
const MAX_ROUNDS = 1000;

export function createTicker(runtime: Runtime, ticks: readonly Tick[], options: { timers: boolean }): Ticker {
  const dueAt = new Map(ticks.map((tick) => [tick, tick.cron ? nextMs(tick, runtime.clock) : 0]));
  const failures = runtime.telemetry.counter(
    'tick_failures_total',
    'Recurring work that failed and will be tried again',
    ['tick'],
  );
  let running: Promise<void> | undefined;
  let stopped = false;

  async function round(): Promise<void> {
    for (const tick of ticks) {
      if (stopped) return;
      if (runtime.clock.nowMs() < (dueAt.get(tick) ?? 0)) continue;
      dueAt.set(tick, nextMs(tick, runtime.clock));
      try {
        for (let more: boolean | void = true, i = 0; more && i < MAX_ROUNDS && !stopped; i++)
          more = await tick.run(runtime);
      } catch (error) {
        failures.add(1, { tick: tick.name });
        runtime.log.error({ err: error, tick: tick.name }, 'recurring work failed; it runs again at its next time');
      }
    }
  }

  const runDue = async () => {
    await running;
    running = round().finally(() => {
      running = undefined;
    });
    await running;
  };
  const timer = options.timers ? setInterval(() => void (running ?? runDue()), LOOK_MS) : undefined;
  timer?.unref();

  return {
    runDue,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

function nextMs(tick: Tick, clock: Clock): number {
  if (!tick.cron) return clock.nowMs() + tick.everyMs;
  return nextCron(tick.cron.expression, tick.cron.timeZone, clock.now())?.getTime() ?? Number.POSITIVE_INFINITY;
}
