import { ROLES } from '../config.ts';
import { type Command, command } from './command.ts';
import { doctor } from './doctor.ts';
import { runEdge } from './edge.ts';
import { exportDatabase } from './export.ts';
import { generateTypes } from './generate.ts';
import { importDatabase } from './import.ts';
import { rotateKeys } from './keys.ts';
import { migrateDatabase } from './migrate.ts';
import { start } from './start.ts';

/** Every command, in the order of the help. A new one is a file and a line here. */
export const commands: readonly Command[] = [
  command({
    name: 'start',
    summary: 'start everything: API, dashboard, streams, workers',
    options: { role: { type: 'string' }, port: { type: 'string' } },
    optionHelp: { role: `${ROLES.join('|')}: one part of several processes on one DATABASE_URL`, port: 'same as PORT' },
    run: ({ values, config }) => start(config({ PULSESTACK_ROLE: values.role, PORT: values.port })),
  }),
  command({
    name: 'migrate',
    summary: 'bring the database to the newest shape, then exit',
    run: ({ config }) => migrateDatabase(config()),
  }),
  command({
    name: 'doctor',
    summary: 'check settings, database, clock, ports and disk',
    run: ({ config }) => doctor(config),
  }),
  command({
    name: 'db export',
    summary: 'write the database as SQL that PostgreSQL 15 or later loads',
    options: { file: { type: 'string' } },
    optionHelp: { file: 'where to; default: standard output' },
    run: ({ values, config }) => exportDatabase(config(), values.file),
  }),
  command({
    name: 'db import',
    summary: 'load what db export wrote into a new embedded database',
    options: { file: { type: 'string' } },
    optionHelp: { file: 'where from' },
    run: ({ values, config }) => importDatabase(config(), values.file),
  }),
  command({
    name: 'keys rotate',
    summary: 'sign new tokens with a new key; old tokens stay valid until they expire',
    run: ({ config }) => rotateKeys(config()),
  }),
  command({
    name: 'generate',
    summary: 'write typed event classes from the event catalogue of a workspace',
    options: { out: { type: 'string' }, url: { type: 'string' }, check: { type: 'boolean' } },
    optionHelp: {
      out: 'the TypeScript file; default: standard output',
      url: 'same as PULSESTACK_URL; the key is PULSESTACK_API_KEY',
      check: 'write nothing; fail when the file is not up to date',
    },
    run: ({ values, config }) => generateTypes(config({ PULSESTACK_URL: values.url }), values),
  }),
  command({
    name: 'edge',
    summary: 'relay the streams of a workspace near its readers, over one connection upstream',
    options: { upstream: { type: 'string' }, port: { type: 'string' } },
    optionHelp: { upstream: 'same as PULSESTACK_URL; the key is PULSESTACK_API_KEY', port: 'same as PORT' },
    run: ({ values, config }) => runEdge(config({ PULSESTACK_URL: values.upstream, PORT: values.port })),
  }),
];
