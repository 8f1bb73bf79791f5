import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import type { Program, ProgramInput, ProgramOutput, TemplateEngine } from '../../ports/template-engine.ts';
import { RENDER_LIMIT_MS } from './engine.ts';
import { inspectPart } from './inspect.ts';

// From source the worker is the file beside this one; a build puts it beside the bundle under this name.
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './liquid-worker.js', import.meta.url).href;

/** One message carries so many inputs: enough that its cost does not count, few enough that others wait briefly. */
const BATCH = 100;
/** The engine stops a text after 200 ms of work by itself. One that does not notice is stopped with its thread. */
const STUCK_MS = 500;
/** Perhaps the machine was busy: a text that was stopped gets so many times as long before it has failed. */
const PATIENCE = [1, 4, 10];
/** A program one of whose texts has failed for good gets one try for so long, so that thousands of them hold nobody up. */
const HOPELESS_MS = 60_000;
const LOOKS_BEFORE_STUCK = 5;
/** A thread that has not begun by then is broken, not busy. */
const START_LIMIT_MS = 15_000;
const IDLE_MS = 30_000;
const MAX_QUEUE = 10_000;

export interface LiquidEngineOptions {
  threads?: number;
  /** What one text may take before it gives up by itself. */
  renderLimitMs?: number;
  /** After so long at one text its thread is stopped. */
  stuckMs?: number;
  /** How much longer each further try may take. */
  patience?: readonly number[];
}

interface Running {
  progress: Int32Array;
  abort: AbortController;
  at: number;
  since: number;
  stuckMs: number;
}

/** Liquid in threads that can be stopped. They start when there is something to render and end when there is nothing. */
export function createLiquidEngine(options: LiquidEngineOptions = {}): TemplateEngine {
  const threads = options.threads ?? Math.min(4, Math.max(1, availableParallelism() - 1));
  const { renderLimitMs = RENDER_LIMIT_MS, stuckMs = STUCK_MS, patience = PATIENCE } = options;
  let pool: Promise<Piscina> | undefined;
  const running = new Set<Running>();
  let watch: NodeJS.Timeout | undefined;
  let free = threads;
  const waiting: (() => void)[] = [];
  const hopeless = new Map<string, number>();

  // The library comes with the first text: a process that renders nothing does not load it.
  async function createPool(): Promise<Piscina> {
    const { Piscina } = await import('piscina');
    return new Piscina({
      filename: WORKER,
      name: 'renderBatch',
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: IDLE_MS,
      maxQueue: MAX_QUEUE,
      // The parent's own flags (a test runner's loader, say) are none of the worker's business.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
    });
  }

  // A batch is handed over when a thread is free for it, so that the time it takes is its own.
  async function turn(): Promise<void> {
    if (free > 0) {
      free--;
      return;
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  function done(): void {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }

  async function run(program: Program, inputs: readonly ProgramInput[], one: Running): Promise<ProgramOutput[]> {
    await turn();
    one.since = performance.now();
    running.add(one);
    watch ??= setInterval(lookAtRunning, stuckMs / LOOKS_BEFORE_STUCK);
    watch.unref();
    try {
      const threadPool = await (pool ??= createPool());
      return await threadPool.run(
        { program, inputs, progress: one.progress, limitMs: renderLimitMs },
        { signal: one.abort.signal },
      );
    } finally {
      running.delete(one);
      if (running.size === 0) {
        clearInterval(watch);
        watch = undefined;
      }
      done();
    }
  }

  function lookAtRunning(): void {
    const now = performance.now();
    for (const one of running) {
      const at = Atomics.load(one.progress, 0);
      if (at !== one.at) Object.assign(one, { at, since: now });
      else if (now - one.since > (at === 0 ? START_LIMIT_MS : one.stuckMs)) one.abort.abort();
    }
  }

  /** Renders a batch; when its thread is lost, the others are tried again, and the input that lost it by itself. */
  async function renderBatch(program: Program, inputs: readonly ProgramInput[], tries = 0): Promise<ProgramOutput[]> {
    const one: Running = {
      progress: new Int32Array(new SharedArrayBuffer(4)),
      abort: new AbortController(),
      at: 0,
      since: 0,
      stuckMs: stuckMs * (patience[tries] ?? 1),
    };
    try {
      return await run(program, inputs, one);
    } catch (error) {
      const at = Atomics.load(one.progress, 0) - 1;
      const culprit = inputs[at];
      if (!culprit) throw new Error('the thread that renders templates does not start', { cause: error });
      const before = inputs.slice(0, at);
      const after = inputs.slice(at + 1);
      return [
        ...(before.length > 0 ? await renderBatch(program, before) : []),
        ...(await tryAgain(program, culprit, tries + 1, error)),
        ...(after.length > 0 ? await renderBatch(program, after) : []),
      ];
    }
  }

  async function tryAgain(
    program: Program,
    input: ProgramInput,
    tries: number,
    error: unknown,
  ): Promise<ProgramOutput[]> {
    const wasStopped = error instanceof Error && error.name === 'AbortError';
    const now = performance.now();
    for (const [id, until] of hopeless) if (until <= now) hopeless.delete(id);
    if (wasStopped && tries < patience.length && !hopeless.has(program.id)) return renderBatch(program, [input], tries);
    if (wasStopped) hopeless.set(program.id, now + HOPELESS_MS);
    return [{ ok: false, error: { message: reasonOf(error, tries), part: null, line: null } }];
  }

  return {
    async render(program, inputs) {
      const batches: Promise<ProgramOutput[]>[] = [];
      for (let i = 0; i < inputs.length; i += BATCH) batches.push(renderBatch(program, inputs.slice(i, i + BATCH)));
      return (await Promise.all(batches)).flat();
    },
    inspect: inspectPart,
    async close() {
      clearInterval(watch);
      watch = undefined;
      await (await pool)?.destroy();
    },
  };
}

function reasonOf(error: unknown, tries: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'the template needs too much memory';
  return error instanceof Error && error.name === 'AbortError'
    ? `the template takes too long; it was stopped ${tries === 1 ? 'once' : `${tries} times`}`
    : 'the template could not be rendered';
}
