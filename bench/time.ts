import { parseArgs } from 'node:util';
import { nextDaily } from '../packages/pulsestack/src/kernel/time/index.ts';
import { daysOfChange, minutesOfStretch, scanDaily } from '../packages/pulsestack/src/kernel/time/testing/scanner.ts';

// Every daily time in every zone over five years, and around each change of a clock beside a scanner that looks at every
// minute. The tests take samples of this; here all of it runs: `node --conditions=source bench/time.ts --step 15`.

const { values } = parseArgs({
  options: { step: { type: 'string', default: '60' }, from: { type: 'string', default: '2024' } },
});
const step = Number(values.step);
const FROM = Date.UTC(Number(values.from), 0, 1);
const TO = Date.UTC(Number(values.from) + 5, 0, 1);
const DAY_MS = 86_400_000;
const times = Array.from({ length: Math.floor(1440 / step) }, (_, i) => i * step);
const hhmm = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
let fires = 0;
let compared = 0;
let wrong = 0;
let spentMs = 0;
for (const zone of zones) {
  const changes = daysOfChange(zone, FROM, TO);
  const around = changes.map((day) => minutesOfStretch(zone, day - 2 * DAY_MS, day + 3 * DAY_MS));
  for (const minute of times) {
    const at = hhmm(minute);
    const began = performance.now();
    const found = new Set<number>();
    let before = FROM;
    for (let fire = nextDaily({ at }, zone, new Date(FROM)); fire && fire.getTime() < TO; ) {
      if (fire.getTime() <= before) complain(zone, at, `${fire.toISOString()} is not after the one before`);
      before = fire.getTime();
      found.add(before);
      fire = nextDaily({ at }, zone, fire);
    }
    spentMs += performance.now() - began;
    fires += found.size;
    if (Math.abs(found.size - (TO - FROM) / DAY_MS) > 1) complain(zone, at, `${found.size} fires in five years`);
    for (const [i, minutes] of around.entries()) {
      const day = changes[i] ?? FROM;
      const inside = (ms: number) => ms > Math.max(FROM, day - DAY_MS) && ms < Math.min(TO, day + 2 * DAY_MS);
      const expected = scanDaily(minutes, minute * 60_000).filter(inside);
      const got = [...found].filter(inside);
      compared += expected.length;
      if (expected.join() !== got.join())
        complain(zone, at, `around ${new Date(day).toISOString()}: ${got} instead of ${expected}`);
    }
  }
}
console.log(
  `${zones.length} zones × ${times.length} times × 5 years: ${fires.toLocaleString('en')} fires in ${(spentMs / 1000).toFixed(1)} s (${((spentMs * 1000) / fires).toFixed(2)} µs each); ${compared.toLocaleString('en')} compared with the scanner, ${wrong} wrong`,
);
process.exit(wrong === 0 ? 0 : 1);

function complain(zone: string, at: string, what: string): void {
  wrong += 1;
  if (wrong <= 20) console.error(`${zone} ${at}: ${what}`);
}
