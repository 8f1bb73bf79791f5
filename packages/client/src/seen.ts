// One request a second is enough to say what was on the screen.
const FLUSH_MS = 1_000;
const MAX_IDS = 100;

export interface SeenTracker {
  add(ids: readonly string[]): void;
  /** What has not been said yet, said without waiting: the page is closing. */
  flushAndForget(): void;
  close(): void;
}

export interface SeenOptions {
  /** Tells the server; rejects when it could not be told. */
  tell(ids: readonly string[]): Promise<void>;
  tellAndForget(ids: readonly string[]): void;
}

/** Collects what was seen and says so at most once a second. What failed is not seen again until it is shown again. */
export function createSeenTracker({ tell, tellAndForget }: SeenOptions): SeenTracker {
  let waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  return {
    add(ids) {
      for (const id of ids) waiting.add(id);
      if (waiting.size > 0) timer ??= setTimeout(flush, FLUSH_MS);
    },
    flushAndForget() {
      for (const ids of take()) tellAndForget(ids);
    },
    close() {
      clearTimeout(timer);
      waiting.clear();
    },
  };

  function flush(): void {
    for (const ids of take()) void tell(ids).catch(() => {});
  }

  function take(): string[][] {
    clearTimeout(timer);
    timer = undefined;
    const ids = [...waiting];
    waiting = new Set();
    const batches: string[][] = [];
    for (let at = 0; at < ids.length; at += MAX_IDS) batches.push(ids.slice(at, at + MAX_IDS));
    return batches;
  }
}
