import { z } from 'zod';

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const MAX_MS = 366 * UNITS_MS.d;

/** A length of time such as `30s`, `15m`, `2h`, `3d` or `1w`; at most 366 days. A day is 24 hours. */
export const Duration = z
  .string()
  .regex(/^[1-9]\d{0,6}[smhdw]$/, 'must be a number and s, m, h, d or w, such as 15m')
  .refine((text) => durationMs(text) <= MAX_MS, 'must be at most 366 days')
  .meta({ description: 'A length of time: 30s, 15m, 2h, 3d, 1w', examples: ['15m'] });

/** The milliseconds of a duration that was checked. */
export function durationMs(duration: string): number {
  const unit = duration.at(-1) as keyof typeof UNITS_MS;
  return Number(duration.slice(0, -1)) * UNITS_MS[unit];
}
