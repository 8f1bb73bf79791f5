import { readFileSync } from 'node:fs';
import { openEmbedded } from '../adapters/pglite/index.ts';
import type { Config } from '../config.ts';
import { databaseDirectory, openLog } from './open.ts';

/** Loads what `db export` wrote into a new embedded database: the way from one PostgreSQL major to the next. */
export async function importDatabase(config: Config, file: string | undefined): Promise<number> {
  if (config.DATABASE_URL) {
    console.error(
      `DATABASE_URL names a PostgreSQL server: load the file with psql "$DATABASE_URL" -1 -v ON_ERROR_STOP=1 -f ${file ?? 'FILE'}`,
    );
    return 2;
  }
  if (file === undefined) {
    console.error('Name the file that "pulsestack db export" wrote: pulsestack db import --file PATH');
    return 2;
  }
  const database = await openEmbedded({ directory: databaseDirectory(config), log: openLog(config) });
  try {
    const { rows } = await database.pool.query<{ tables: number }>(
      `select count(*) as tables from pg_tables where schemaname = 'public'`,
    );
    if (rows[0]?.tables !== 0) {
      console.error(
        `The database in ${databaseDirectory(config)} is not empty; move that directory away, and import again.`,
      );
      return 2;
    }
    await database.load(readFileSync(file, 'utf8'));
    console.log(`Loaded ${file}.`);
    return 0;
  } finally {
    await database.close();
  }
}
