import { openServer } from '../../../adapters/postgres/index.ts';
import { createApp } from '../../../app.ts';
import { silentLog } from '../../../ports/log.ts';
import { testSettings } from '../../../testing/index.ts';

/** A process that does nothing but carry runs on, to be killed: `engine-process.ts DATABASE_URL SECRET`. */
const [, , url = '', secret = ''] = process.argv;
await createApp({
  database: await openServer({ url, max: 8, log: silentLog }),
  secrets: [secret],
  settings: testSettings,
  log: silentLog,
  role: 'worker',
  migrate: false,
});
console.log('ready');
