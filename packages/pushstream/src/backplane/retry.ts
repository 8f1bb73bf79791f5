const FIRST_MS = 100;
const LAST_MS = 5_000;

/** How long to wait before the next attempt: doubling to five seconds, and never all nodes at once. */
export function retryDelayMs(attempt: number): number {
  return Math.min(FIRST_MS * 2 ** Math.min(attempt, 10), LAST_MS) * (0.75 + Math.random() / 2);
}

/** Calls until it is stopped; each call waits for the one before. */
export function repeat(everyMs: number, run: () => Promise<void>): () => void {
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    void run().finally(() => {
      running = false;
    });
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Rejects when the answer takes longer than `ms`. */
export async function within<T>(ms: number, what: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
