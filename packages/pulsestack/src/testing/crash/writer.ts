import fs from 'node:fs';
import { openEmbedded } from '../../adapters/pglite/index.ts';
import { openServer } from '../../adapters/postgres/index.ts';
import { silentLog } from '../../ports/log.ts';
import { createLedger, placeOrder, placeOrderAtOnce } from './ledger.ts';

/** The process that gets killed: writes until it dies, and says each order it was promised on its standard output. */
export type WriterOptions = { writers: number; prefix: string } & (
  | { directory: string; maintainEveryMs: number }
  | { url: string }
);

const options = JSON.parse(process.argv[2] ?? '') as WriterOptions;
const database =
  'url' in options
    ? await openServer({ url: options.url, max: options.writers, log: silentLog })
    : await openEmbedded({
        directory: options.directory,
        maintainEveryMs: options.maintainEveryMs,
        max: options.writers,
        log: silentLog,
      });
await createLedger(database);
say('ready');
await Promise.all(Array.from({ length: options.writers }, (_, writer) => writeForEver(writer)));

async function writeForEver(writer: number): Promise<void> {
  const client = await database.pool.connect();
  const place = writer % 2 === 0 ? placeOrder : placeOrderAtOnce;
  for (let n = 0; ; n++) {
    const id = `${options.prefix}-${writer}-${n}`;
    await place(client, id, writer);
    say(id);
  }
}

// Written at once: what is in the pipe outlives the process.
function say(line: string): void {
  fs.writeSync(1, `${line}\n`);
}
