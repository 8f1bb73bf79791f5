export { checkCron, nextCron } from './cron.ts';
export { DAY_MS, HOUR_MS, instantOf, isZone, type LocalParts, localParts, MINUTE_MS } from './local.ts';
export { type QuietWindow, quietUntil } from './quiet.ts';
export {
  fires,
  MIN_DAILY_GAP_MS,
  type NextOptions,
  nextDaily,
  nextFire,
  nextHourly,
  onceAt,
  type Recurrence,
} from './rules.ts';
