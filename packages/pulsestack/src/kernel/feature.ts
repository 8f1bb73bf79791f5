import type { Event } from './event.ts';
import type { Job, Tick } from './job.ts';
import type { AnyOperation } from './operation.ts';
import type { Runtime } from './runtime.ts';

/** The face of a room: everything the product makes of it comes from this object. */
export interface Feature {
  name: string;
  operations: readonly AnyOperation[];
  events: readonly Event[];
  jobs: readonly Job[];
  ticks: readonly Tick[];
  /** Runs once when the process starts, before the first request. */
  start?(runtime: Runtime): Promise<void>;
}

export function feature(face: Partial<Feature> & { name: string }): Feature {
  return { operations: [], events: [], jobs: [], ticks: [], ...face };
}
