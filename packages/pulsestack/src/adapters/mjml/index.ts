import type { Piscina } from 'piscina';
import type { CompiledMail, MailCompiler } from '../../ports/mail-compiler.ts';

// From source the worker is the file beside this one; a build puts it beside the bundle under this name.
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './mjml-worker.js', import.meta.url).href;
const LIMIT_MS = 10_000;
const IDLE_MS = 20_000;
const MAX_QUEUE = 100;

/** MJML in a thread of its own: loading it takes a second and some memory, so it comes when asked for and goes when idle. */
export function createMjmlCompiler(): MailCompiler {
  let pool: Promise<Piscina> | undefined;

  async function createPool(): Promise<Piscina> {
    const { Piscina } = await import('piscina');
    return new Piscina({
      filename: WORKER,
      name: 'compileMjml',
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: IDLE_MS,
      maxQueue: MAX_QUEUE,
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
  }

  return {
    async compile(mjml) {
      if (!/^\s*(<!--[\s\S]*?-->\s*)*<mjml[\s>]/.test(mjml)) throw new Error('the source does not begin with <mjml>');
      try {
        const threadPool = await (pool ??= createPool());
        return (await threadPool.run(mjml, { signal: AbortSignal.timeout(LIMIT_MS) })) as CompiledMail;
      } catch (error) {
        if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'))
          throw new Error('the MJML takes too long to compile', { cause: error });
        throw error;
      }
    },
    close: async () => void (await (await pool)?.destroy()),
  };
}
