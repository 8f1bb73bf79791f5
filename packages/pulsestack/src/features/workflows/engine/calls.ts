import type { Lease } from './leases.ts';
import type { Live } from './live.ts';

/** Open calls of this process, and of one workspace: servers that do not answer leave room for those of others. */
const MAX_CALLS = 256;
const MAX_CALLS_OF_ONE = 16;

/** A run on its way to ask a server, and the claim it is held by. */
export interface Calling {
  live: Live;
  lease: Lease;
}

export interface Calls {
  /** Open and waiting. */
  readonly size: number;
  add(calling: Calling): void;
  /** Workspaces whose calls wait for others of theirs: nothing more is to be claimed for them. */
  full(): string[];
  /** Resolves when all that was added is over, and what it has added meanwhile. */
  settled(): Promise<void>;
  /** Takes out what has not begun. */
  takeWaiting(): Calling[];
}

/** Lets calls go, so many at once; workspaces take turns. */
export function createCalls(call: (calling: Calling) => Promise<void>, ended: () => void): Calls {
  const open = new Map<string, number>();
  const waiting = new Map<string, Calling[]>();
  const running = new Set<Promise<void>>();

  function begin(workspaceId: string, calling: Calling): void {
    open.set(workspaceId, (open.get(workspaceId) ?? 0) + 1);
    const going = call(calling).finally(() => {
      running.delete(going);
      const rest = (open.get(workspaceId) ?? 1) - 1;
      if (rest === 0) open.delete(workspaceId);
      else open.set(workspaceId, rest);
      next();
      ended();
    });
    running.add(going);
  }

  function next(): void {
    for (const [workspaceId, line] of waiting) {
      if (running.size >= MAX_CALLS) return;
      if ((open.get(workspaceId) ?? 0) >= MAX_CALLS_OF_ONE) continue;
      const first = line.shift();
      waiting.delete(workspaceId);
      // Behind all others, until its next turn.
      if (line.length > 0) waiting.set(workspaceId, line);
      if (first) begin(workspaceId, first);
    }
  }

  return {
    get size() {
      return running.size + waiting.size;
    },
    add(calling) {
      const { workspaceId } = calling.live;
      const line = waiting.get(workspaceId);
      if (line) line.push(calling);
      else waiting.set(workspaceId, [calling]);
      next();
    },
    full: () => [...waiting.keys()],
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
    takeWaiting() {
      const all = [...waiting.values()].flat();
      waiting.clear();
      return all;
    },
  };
}
