/** The time. Nothing in the product asks the machine directly, so tests and simulations can move it. */
export interface Clock {
  now(): Date;
  /** Milliseconds since the epoch, the same instant as `now()`. */
  nowMs(): number;
}

export const systemClock: Clock = { now: () => new Date(), nowMs: () => Date.now() };
