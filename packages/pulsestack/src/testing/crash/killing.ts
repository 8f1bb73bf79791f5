import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { WriterOptions } from './writer.ts';

export interface Kill {
  options: WriterOptions;
  /** Begins to count when the writers write, or, for a first start, with the process. */
  afterMs: number;
  from: 'start' | 'ready';
  /** What to kill besides the writer; the writer itself when undefined. */
  kill?: () => Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

/** Lets a process write, kills it at the moment given, and returns the orders it was promised. */
export async function killWriter({ options, afterMs, from, kill }: Kill): Promise<string[]> {
  const child = spawn(
    process.execPath,
    ['--conditions=source', new URL('./writer.ts', import.meta.url).pathname, JSON.stringify(options)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const acknowledged: string[] = [];
  const ready = Promise.withResolvers<void>();
  let complaint = '';
  let killed = false;
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => (line === 'ready' ? ready.resolve() : acknowledged.push(line)));
  const read = once(lines, 'close');
  const exited = once(child, 'exit').then(() => {
    if (!killed) ready.reject(new Error(`the writer ended by itself: ${complaint}`));
  });

  try {
    if (from === 'ready')
      await Promise.race([ready.promise, rejectAfter(START_TIMEOUT_MS, 'the writer did not become ready')]);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    if (child.exitCode !== null) throw new Error(`the writer ended by itself: ${complaint}`);
    killed = true;
    await kill?.();
  } finally {
    killed = true;
    child.kill('SIGKILL');
    await exited;
  }
  // No line is cut in the middle: one is far smaller than what a pipe takes at once.
  await read;
  ready.promise.catch(() => {});
  return acknowledged;
}

function rejectAfter(ms: number, sentence: string): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(sentence)), ms).unref());
}
