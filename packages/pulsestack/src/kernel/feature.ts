import type { Event } from './event.ts';
import type { Job, Tick } from './job.ts';
import type { AnyOperation } from './operation.ts';
import type { Resource, Runtime } from './runtime.ts';

/** Work that goes on as long as the process: it looks for what is due by itself, and at once when woken. */
export interface Loop {
  /** From now on by timers, until it is closed. */
  start(): void;
  /** Works until nothing is due; for tests and for the end of a process. */
  runDue(): Promise<void>;
  close(): Promise<void>;
}

/** The face of a room: everything the product makes of it comes from this object. */
export interface Feature {
  name: string;
  operations: readonly AnyOperation[];
  events: readonly Event[];
  jobs: readonly Job[];
  ticks: readonly Tick[];
  /** Run in processes that work. */
  loops: readonly Resource<Loop>[];
  /** Runs once when the process starts, before the first request. */
  start?(runtime: Runtime): Promise<void>;
}

export function feature(face: Partial<Feature> & { name: string }): Feature {
  return { operations: [], events: [], jobs: [], ticks: [], loops: [], ...face };
}
