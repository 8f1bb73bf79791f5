import { writeFileSync } from 'node:fs';
import { openEmbedded } from '../adapters/pglite/index.ts';
import type { Config } from '../config.ts';
import { databaseDirectory, openLog } from './open.ts';

/** Writes the embedded database as SQL. A server has pg_dump for that, and the sentence says so. */
export async function exportDatabase(config: Config, file: string | undefined): Promise<number> {
  if (config.DATABASE_URL) {
    console.error('DATABASE_URL names a PostgreSQL server: use pg_dump, which knows more about it than we do.');
    return 2;
  }
  const database = await openEmbedded({ directory: databaseDirectory(config), log: openLog(config) });
  const dump = await database.dump().finally(() => database.close());
  if (file === undefined) process.stdout.write(dump);
  else {
    writeFileSync(file, dump, { mode: 0o600 });
    console.log(`Written to ${file}. Load it with: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f ${file}`);
  }
  return 0;
}
