import { parseArgs } from 'node:util';
import { sse } from '../packages/pushstream/bench/sse.ts';
import { accept } from './accept.ts';
import { broadcast } from './broadcast.ts';
import { feed } from './feed.ts';
import { jobs } from './jobs.ts';
import { mail } from './mail.ts';
import { render } from './render.ts';
import { screen } from './screen.ts';
import { start } from './start.ts';
import { workflows } from './workflows.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '50' },
    users: { type: 'string' },
    mails: { type: 'string', default: '20000' },
    runs: { type: 'string', default: '20000' },
    receipts: { type: 'string' },
    rate: { type: 'string', default: '500' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);

const BENCHES: Record<string, () => Promise<void>> = {
  accept: () => accept({ seconds, rounds, connections: Number(values.connections) }),
  broadcast: () => broadcast({ users: values.users ? [Number(values.users)] : [10_000, 100_000, 1_000_000] }),
  jobs: () => jobs({ rounds, seconds: Number(values.seconds) / 8, ...(values.only ? { only: values.only } : {}) }),
  feed: () => feed({ receipts: values.receipts ? [Number(values.receipts)] : [10_000, 10_000_000] }),
  mail: () => mail({ mails: Number(values.mails), rounds, ...(values.only ? { only: values.only } : {}) }),
  render: () => render({ mails: Number(values.mails), rounds }),
  screen: () => screen({ seconds, rate: Number(values.rate) }),
  sse: () => sse({ quick: values.quick, ...(values.only ? { only: values.only } : {}) }),
  start: () => start({ rounds }),
  workflows: () => workflows({ runs: Number(values.runs), rounds }),
};

const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
for (const name of names) {
  const bench = BENCHES[name];
  if (!bench) {
    console.error(
      `There is no bench "${name}". There are: ${Object.keys(BENCHES).join(', ')}; and bench/crash/run.ts, bench/database.ts on their own.`,
    );
    process.exit(2);
  }
  await bench();
}
