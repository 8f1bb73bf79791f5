import type { PGlite } from '@electric-sql/pglite';

/** The session as a start leaves it; dumping and loading both change settings that everybody would notice. */
const RESTORE_SESSION = 'rollback; reset all; reset role; deallocate all';

/**
 * Writes everything as SQL that PostgreSQL 15 or later loads. What is loaded belongs to the role that loads it;
 * the roles that policies and grants name are made when the server does not have them.
 */
export async function dumpSql(db: PGlite): Promise<string> {
  const { pgDump } = await import('@electric-sql/pglite-tools/pg_dump');
  const roles = await db.query<{ name: string }>(
    `select rolname as name from pg_roles where rolname !~ '^pg_' and not rolsuper order by 1`,
  );
  try {
    const file = await pgDump({
      pg: db,
      args: ['--no-owner', '--no-tablespaces', '--no-publications', '--no-subscriptions', '--rows-per-insert=200'],
    });
    return [...roles.rows.map(({ name }) => makeRole(name)), fitOlderServers(await file.text())].join('\n');
  } finally {
    await db.exec(RESTORE_SESSION);
  }
}

/** Loads what `dumpSql` wrote, whole or not at all. */
export async function loadSql(db: PGlite, sql: string): Promise<void> {
  try {
    await db.exec(`begin;\n${sql}\ncommit;`);
  } finally {
    await db.exec(RESTORE_SESSION);
  }
}

function makeRole(name: string): string {
  const literal = `'${name.replaceAll("'", "''")}'`;
  return `do $$ begin
  if not exists (select from pg_catalog.pg_roles where rolname = ${literal}) then execute format('create role %I nologin', ${literal}); end if;
  if not pg_catalog.pg_has_role(current_user, ${literal}, 'member') then execute format('grant %I to %I', ${literal}, current_user); end if;
end $$;`;
}

// Only what stands before the rows is ours to change: the text of a row may look like anything.
function fitOlderServers(dump: string): string {
  const rowsBegin = dump.search(/^INSERT INTO /m);
  const definitions = rowsBegin === -1 ? dump : dump.slice(0, rowsBegin);
  const fitting = definitions
    // PostgreSQL 17 brought this setting.
    .replace(/^SET transaction_timeout = .*;\n/m, '')
    // Only the owner of an extension may describe it, and on a hosted server that is somebody else.
    .replace(/^COMMENT ON EXTENSION .*;\n/gm, '');
  return fitting + dump.slice(definitions.length);
}
