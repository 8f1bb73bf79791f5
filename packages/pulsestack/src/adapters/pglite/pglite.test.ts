import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CONTRACT_IDLE_TRANSACTION_MS, databaseContract } from '../../ports/contracts/database.ts';
import { silentLog } from '../../ports/log.ts';
import { openEmbedded } from './index.ts';

databaseContract('the embedded database', async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pulsestack-embedded-'));
  const database = await openEmbedded({ directory, log: silentLog, idleTransactionMs: CONTRACT_IDLE_TRANSACTION_MS });
  return { database, remove: async () => fs.rmSync(directory, { recursive: true, force: true }) };
});
