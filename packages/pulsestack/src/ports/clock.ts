/** The time. Nothing in the product asks the machine directly, so tests and simulations can move it. */
export interface Clock {
  now(): Date;
  /** Milliseconds since the epoch, the same instant as `now()`. */
  nowMs(): number;
  /** Time that somebody moves. Otherwise jobs become due by the database's clock, which all processes share. */
  readonly virtual?: boolean;
}

export const systemClock: Clock = { now: () => new Date(), nowMs: () => Date.now() };
