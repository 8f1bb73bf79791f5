import { parseArgs } from 'node:util';
import { type CrashRound, crashEmbedded, crashServer } from '../../packages/pulsestack/src/testing/crash/index.ts';

/** `node --conditions=source bench/crash/run.ts --database embedded|server --rounds 30 --seed 1` */
const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'embedded' },
    rounds: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const suites: Record<string, typeof crashEmbedded> = { embedded: crashEmbedded, server: crashServer };
const suite = suites[values.database];
if (!suite) throw new Error(`--database is embedded or server, not ${values.database}`);

const seed = Number(values.seed);
const rounds = await suite({
  rounds: Number(values.rounds),
  seed,
  onRound: (round) => console.log(JSON.stringify(round)),
});
console.log(JSON.stringify(summarise(rounds)));
process.exitCode = rounds.some(isBroken) ? 1 : 0;

function summarise(all: CrashRound[]) {
  return {
    database: values.database,
    seed,
    rounds: all.length,
    kept: all.filter((round) => !isBroken(round)).length,
    acknowledged: all.reduce((sum, round) => sum + round.acknowledged, 0),
  };
}

function isBroken(round: CrashRound): boolean {
  return round.complaints.length > 0;
}
