import { parseArgs } from 'node:util';
import { runCrashes } from './crash.ts';
import { type Outcome, type Plan, runWorld } from './world.ts';

// Random runs whose end is checked exactly, reader by reader. A run that fails is repeated by its seed and scenario:
// npm run torture -- --scenario nodes --seed 7
// The choices are the same for the same seed; how the operating system interleaves them is not, hence --repeat.

const CALM: Plan = { nodes: 1, events: 1_500, readers: 16, filters: false, acks: false, erasures: false, chaos: false };

const SCENARIOS: Record<string, (seed: number) => Promise<Outcome>> = {
  cuts: (seed) => runWorld(seed, CALM),
  filters: (seed) => runWorld(seed, { ...CALM, filters: true }),
  acks: (seed) => runWorld(seed, { ...CALM, acks: true }),
  erasures: (seed) => runWorld(seed, { ...CALM, erasures: true }),
  nodes: (seed) => runWorld(seed, { ...CALM, nodes: 3, chaos: true }),
  everything: (seed) => runWorld(seed, { ...CALM, nodes: 3, chaos: true, filters: true, acks: true, erasures: true }),
  crash: runCrashes,
};

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    scenario: { type: 'string', multiple: true },
    seconds: { type: 'string' },
    repeat: { type: 'string', default: '1' },
  },
});
const names = values.scenario ?? Object.keys(SCENARIOS);
const unknown = names.find((name) => !SCENARIOS[name]);
if (unknown !== undefined) {
  console.error(`There is no scenario "${unknown}". There are: ${Object.keys(SCENARIOS).join(', ')}.`);
  process.exit(2);
}
const first = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
const until = Date.now() + 1_000 * Number(values.seconds ?? 0);
console.log(`seed ${first}`);
// With --seconds each round has the next seed; with --repeat the same one again.
for (let round = 0; round < Number(values.repeat) || Date.now() < until; round += 1) {
  const seed = values.seconds === undefined ? first : first + round;
  for (const name of names) {
    const began = performance.now();
    const outcome = await SCENARIOS[name]?.(seed);
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    console.log(
      `${outcome?.wrong ? 'FAIL' : 'ok  '}  ${name.padEnd(10)}  seed ${seed}  ${outcome?.summary}  ${seconds} s`,
    );
    if (!outcome?.wrong) continue;
    console.log(`      ${outcome.wrong}\n      again: npm run torture -- --scenario ${name} --seed ${seed} --repeat 5`);
    process.exit(1);
  }
}
process.exit(0);
