import { createApp } from '../app.ts';
import type { Config } from '../config.ts';
import { rotateSigningKeys } from '../features/accounts/index.ts';
import { masterSecrets, openDatabase, openLog, settingsOf } from './open.ts';

/** Makes a new signing key. Tokens of the old one stay valid until they expire. */
export async function rotateKeys(config: Config): Promise<number> {
  const log = openLog(config);
  const app = await createApp({
    database: await openDatabase(config, log),
    secrets: masterSecrets(config),
    settings: settingsOf(config, config.PULSESTACK_PUBLIC_URL ?? `http://localhost:${config.PORT}`),
    log,
    timers: false,
  });
  try {
    await rotateSigningKeys(app.runtime);
    console.log('A new signing key is in use. Tokens signed before stay valid until they expire.');
    return 0;
  } finally {
    await app.close();
  }
}
