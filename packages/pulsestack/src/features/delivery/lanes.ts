import type { Held } from './holds.ts';

/** The way that messages of one first choice take: so many at once, the others behind them. */
interface Lane {
  size: number;
  open: Set<Held>;
  waiting: Held[];
}

export interface Lanes {
  /** Lets a message go as soon as there is room in its lane. */
  enter(key: string, size: number, held: Held): void;
  /** Takes out those that wait behind slow calls alone, but for the next few, so that others may be held in their place. */
  takeBlocked(slow: (held: Held) => boolean): Held[];
  /** Takes out everything that waits. */
  takeWaiting(): Held[];
}

/** Each provider has a lane of its own, so that a slow one holds up only its own messages. */
export function createLanes(handOver: (held: Held) => Promise<void>): Lanes {
  const lanes = new Map<string, Lane>();

  async function travel(key: string, lane: Lane, first: Held): Promise<void> {
    for (let held: Held | undefined = first; held; held = lane.waiting.shift()) {
      lane.open.add(held);
      await handOver(held);
      lane.open.delete(held);
    }
    if (lane.open.size === 0) lanes.delete(key);
  }

  return {
    enter(key, size, held) {
      let lane = lanes.get(key);
      if (!lane) lanes.set(key, (lane = { size, open: new Set(), waiting: [] }));
      if (lane.open.size >= lane.size) lane.waiting.push(held);
      else void travel(key, lane, held);
    },
    takeBlocked: (slow) =>
      [...lanes.values()].flatMap((lane) =>
        [...lane.open].every(slow) ? lane.waiting.splice(Math.ceil(lane.size / 2)) : [],
      ),
    takeWaiting: () => [...lanes.values()].flatMap((lane) => lane.waiting.splice(0)),
  };
}
