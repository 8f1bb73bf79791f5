import { parseArgs } from 'node:util';
import { doctor } from './cli/doctor.ts';
import { exportDatabase } from './cli/export.ts';
import { importDatabase } from './cli/import.ts';
import { rotateKeys } from './cli/keys.ts';
import { migrateDatabase } from './cli/migrate.ts';
import { start } from './cli/start.ts';
import { ConfigError, loadConfig, ROLES, withEnvironment } from './config.ts';
import { VERSION } from './version.ts';

const HELP = `PulseStack ${VERSION}

  pulsestack [start]        start everything: API, dashboard, streams, workers
    --role ${ROLES.join('|')}   play one part of several processes on one DATABASE_URL
    --port N                  same as PORT
  pulsestack migrate        bring the database to the newest shape, then exit
  pulsestack doctor         check settings, database, clock, ports and disk
  pulsestack db export      write the database as SQL that PostgreSQL 15 or later loads
    --file PATH               default: standard output
  pulsestack db import      load what db export wrote into a new embedded database
    --file PATH
  pulsestack keys rotate    sign new tokens with a new key; old tokens stay valid until they expire
  pulsestack help | version

Settings come from the environment; docs/reference/settings.md lists them.`;

/** Runs one command line and resolves to its exit code; `start` resolves when the process was asked to stop. */
async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      role: { type: 'string' },
      port: { type: 'string' },
      file: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
  });
  const command = positionals.join(' ') || 'start';
  if (values.help || command === 'help') return say(HELP);
  if (values.version || command === 'version') return say(VERSION);
  const config = () => loadConfig(withEnvironment({ PULSESTACK_ROLE: values.role, PORT: values.port }));
  switch (command) {
    case 'start':
      return start(config());
    case 'migrate':
      return migrateDatabase(config());
    case 'doctor':
      return doctor(config);
    case 'db export':
      return exportDatabase(config(), values.file);
    case 'db import':
      return importDatabase(config(), values.file);
    case 'keys rotate':
      return rotateKeys(config());
    default:
      console.error(`There is no command "${command}".\n\n${HELP}`);
      return 2;
  }
}

function say(text: string): number {
  console.log(text);
  return 0;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  // A wrong setting or a missing server is for the operator to mend: a sentence, not a stack.
  if (error instanceof ConfigError)
    console.error(`PulseStack cannot start:\n${error.problems.map((problem) => `  • ${problem}`).join('\n')}`);
  else if (error instanceof Error && (error.name === 'DatabaseUnavailable' || 'code' in error))
    console.error(`PulseStack cannot go on: ${error.message}`);
  else console.error(error);
  process.exitCode = 1;
}
