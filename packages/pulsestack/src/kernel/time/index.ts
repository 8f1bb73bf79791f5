export { checkCron, nextCron } from './cron.ts';
export { DAY_MS, HOUR_MS, instantOf, isZone, localParts, MINUTE_MS } from './local.ts';
export { quietUntil } from './quiet.ts';
export {
  fires,
  MIN_DAILY_GAP_MS,
  nextDaily,
  nextFire,
  nextHourly,
  onceAt,
  type Recurrence,
} from './rules.ts';
