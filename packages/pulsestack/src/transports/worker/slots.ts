/** So many at once; the others wait in the order they came. */
export interface Slots {
  run<T>(story: () => Promise<T>): Promise<T>;
}

export function createSlots(size: number): Slots {
  const waiting: (() => void)[] = [];
  let free = size;
  return {
    async run(story) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await story();
      } finally {
        // The place goes over to whoever waits, so that no newcomer takes it in between.
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
