import { type Clock, systemClock } from './clock.ts';
import type { HubLimits, HubOptions } from './contract.ts';

/** A hub's options with nothing left open. */
export interface Settings {
  clock: Clock;
  heartbeatMs: number;
  retryMs: number;
  stallMs: number;
  lifetimeMs: number;
  limits: HubLimits;
  onDeliver: HubOptions['onDeliver'];
  onError: (error: unknown) => void;
  acks: HubOptions['acks'];
  onLag: HubOptions['onLag'];
  audit: HubOptions['audit'];
}

export function settle(options: HubOptions): Settings {
  return {
    clock: options.clock ?? systemClock,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    retryMs: options.retryMs ?? 2_000,
    stallMs: options.stallMs ?? 90_000,
    lifetimeMs: options.lifetimeMs ?? 1_800_000,
    limits: {
      connections: 100_000,
      ringEvents: 10_000,
      ringBytes: 16 * 1024 * 1024,
      replayEvents: 10_000,
      pageEvents: 200,
      chunkBytes: 32 * 1024,
      ...options.limits,
    },
    onDeliver: options.onDeliver,
    onError: options.onError ?? (() => {}),
    acks: options.acks,
    onLag: options.onLag,
    audit: options.audit,
  };
}
