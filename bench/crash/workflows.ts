import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { mortals } from '../../packages/pulsestack/src/features/workflows/testing/mortals.ts';
import {
  answerTo,
  armless,
  ECHO,
  ENDPOINTS,
  interpretSimply,
  PAYLOAD,
  type Program,
  programs,
  toWorkflow,
} from '../../packages/pulsestack/src/features/workflows/testing/programs.ts';
import { TRANSITIONS } from '../../packages/pulsestack/src/features/workflows/testing/transitions.ts';
import { seededRandom } from '../../packages/pulsestack/src/testing/crash/random.ts';
import { createScratchDatabase } from '../../packages/pulsestack/src/testing/scratch-database.ts';

/** `node --conditions=source bench/crash/workflows.ts --minutes 5 --database embedded|server --seed 1` */
const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'embedded' },
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const PROGRAMS = 6;
const MAX_DEATHS = 4;
const LONGEST_MS = 1500;

const seed = Number(values.seed);
const random = seededRandom(seed);
const pick = (below: number) => Math.floor(random() * below);
const server = createServer((request, response) => {
  const { status, body } = answerTo(request.url);
  response.writeHead(status).end(body);
}).listen(0, '127.0.0.1');
await new Promise((done) => server.once('listening', done));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const scratch = values.database === 'server' ? await createScratchDatabase() : undefined;
const directory = mkdtempSync(join(tmpdir(), 'pulsestack-mortal-'));
const processes = mortals(scratch ? { url: scratch.url } : { directory });

const endsAt = performance.now() + Number(values.minutes) * 60_000;
const sum = { rounds: 0, runs: 0, messages: 0, deaths: 0, broken: 0 };
const diedAt = new Map<string, number>();
while (performance.now() < endsAt) await round(sum.rounds++);
const at = Object.fromEntries([...diedAt].toSorted((a, b) => b[1] - a[1]));
console.log(JSON.stringify({ database: values.database, seed, minutes: Number(values.minutes), ...sum, diedAt: at }));
await processes.close();
server.close();
await scratch?.drop();
rmSync(directory, { recursive: true, force: true });
process.exitCode = sum.broken > 0 ? 1 : 0;

/** Random workflows of one user, carried on by one process after the other until all have ended; then the books are compared. */
async function round(number: number): Promise<void> {
  const list: readonly Program[] = fc.sample(programs, { seed: seed + number, numRuns: PROGRAMS });
  const prefixes = list.map((_, i) => String.fromCharCode(97 + i));
  const user = `round-${number}`;
  const order = {
    user,
    url,
    tale: {
      endpoints: ENDPOINTS,
      workflows: [ECHO, ...list.map((program, i) => toWorkflow(`${user}-${prefixes[i]}`, program, url, prefixes[i]))],
      deeds: [...list.map((_, i) => ({ start: `${user}-${prefixes[i]}`, payload: PAYLOAD })), { pass: '2d' }],
    },
  };
  for (let deaths = pick(MAX_DEATHS + 1); deaths > 0; deaths--) {
    const transition = TRANSITIONS[pick(TRANSITIONS.length)] ?? 'run.claimed';
    const death = { at: transition, when: random() < 0.5 ? ('before' as const) : ('after' as const) };
    const anyMoment = random() < 0.4;
    const done = anyMoment
      ? await processes.follow(order, pick(LONGEST_MS))
      : await processes.follow({ ...order, death });
    if (done) break;
    sum.deaths++;
    const moment = anyMoment ? 'any moment' : `${death.when} ${transition}`;
    diedAt.set(moment, (diedAt.get(moment) ?? 0) + 1);
  }
  const done = await processes.follow(order);
  if (!done) throw new Error('it died without being told to');
  const { ending } = done;
  const expected = list.map((program, i) => interpretSimply(program, prefixes[i]));
  const found = {
    states: ending.runs.map((run) => run.state),
    titles: ending.titles.map(armless).toSorted(),
    attributes: Object.keys(ending.attributes).map(armless).toSorted(),
  };
  const wanted = {
    states: expected.map((one) => one.state),
    titles: expected.flatMap((one) => one.titles).toSorted(),
    attributes: expected.flatMap((one) => one.attributes).toSorted(),
  };
  sum.runs += found.states.length;
  sum.messages += found.titles.length;
  if (JSON.stringify(found) === JSON.stringify(wanted) && done.unknown.length === 0) return;
  sum.broken++;
  console.log(JSON.stringify({ round: number, seed, list, found, wanted, unknown: done.unknown }));
}
