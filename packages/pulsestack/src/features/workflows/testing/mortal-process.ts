import fs from 'node:fs';
import { flushCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
import { openEmbedded } from '../../../adapters/pglite/index.ts';
import { openServer } from '../../../adapters/postgres/index.ts';
import { migrate } from '../../../migrations/migrate.ts';
import { silentLog } from '../../../ports/log.ts';
import { createTestClock, testApp } from '../../../testing/index.ts';
import { type Death, mortal } from './mortal.ts';
import { carryOut, type Tale } from './tale.ts';
import { type TaleName, tales } from './tales.ts';

/** A whole product in a process of its own, told on its standard input what to carry out and where to die. */
export interface MortalOptions {
  database: { directory: string } | { url: string };
  now: string;
  /** Made by the first process, given to those after it. */
  home?: { id: string; key: string };
  allowPrivateNetworks: boolean;
}

export interface Order {
  tale: TaleName | (Omit<Tale, 'workflows'> & { workflows: ReturnType<Tale['workflows']> });
  user: string;
  url: string;
  death?: Death;
}

const options = JSON.parse(process.argv[2] ?? '') as MortalOptions;
const say = (said: object) => fs.writeSync(1, `${JSON.stringify(said)}\n`);
const opened =
  'url' in options.database
    ? await openServer({ url: options.database.url, max: 8, log: silentLog })
    : await openEmbedded({ directory: options.database.directory, log: silentLog });
await migrate(opened, silentLog);
// Jobs go by the clock of the database, and nobody wants to wait a minute for what a dead process held.
await opened.pool.query(`update jobs set leased_until = now() where state = 'running'`);
const { database, dieAt, commits, unknown } = mortal(opened);
const clock = createTestClock(new Date(options.now));
// Whoever comes after this process must know how late it was when it died.
const heard = {
  ...clock,
  set(at: Date) {
    clock.set(at);
    say({ now: at.toISOString() });
  },
};
const app = await testApp({
  database,
  clock: heard,
  timers: false,
  // Many lives are longer than what a product keeps.
  settings: { allowPrivateNetworks: options.allowPrivateNetworks, retentionDays: 36_500 },
  ...(options.home ? { home: options.home } : {}),
});
// Who is killed leaves no cache behind by itself.
flushCompileCache();
say({ ready: true, home: { id: app.home.id, key: app.home.key } });
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as Order;
  dieAt(order.death);
  const { tale } = order;
  const told = typeof tale === 'string' ? tales[tale] : { ...tale, workflows: () => tale.workflows };
  const ending = await carryOut(app, told, order.user, order.url);
  say({ ending, commits, unknown, now: clock.now().toISOString() });
  commits.length = 0;
}
await app.close();
