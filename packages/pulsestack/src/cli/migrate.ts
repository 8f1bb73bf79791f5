import type { Config } from '../config.ts';
import { ensurePartitions, migrate } from '../migrations/migrate.ts';
import { systemClock } from '../ports/clock.ts';
import { openDatabase, openLog } from './open.ts';

/** Migrates and exits; for deployments that migrate before they roll out. */
export async function migrateDatabase(config: Config): Promise<number> {
  const log = openLog(config);
  const database = await openDatabase(config, log);
  try {
    const applied = await migrate(database, log);
    await ensurePartitions(database, systemClock.now());
    console.log(
      applied === 0 ? 'The database is up to date.' : `Applied ${applied} migration${applied === 1 ? '' : 's'}.`,
    );
    return 0;
  } finally {
    await database.close();
  }
}
