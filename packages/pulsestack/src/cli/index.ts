import { ROLES } from '../config.ts';
import { type Command, command } from './command.ts';
import { doctor } from './doctor.ts';
import { runEdge } from './edge.ts';
import { exportDatabase } from './export.ts';
import { generateTypes, generateWorkflowTypes } from './generate.ts';
import { importDatabase } from './import.ts';
import { installWorkflows } from './install.ts';
import { dropJobs, listJobs, redriveJobs } from './jobs.ts';
import { rotateKeys } from './keys.ts';
import { migrateDatabase } from './migrate.ts';
import { pull } from './pull.ts';
import { push } from './push.ts';
import { simulate } from './simulate.ts';
import { start } from './start.ts';
import { sync } from './sync.ts';

/** Where files are kept unless said otherwise. */
const FILES = 'pulsestack';

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
    name: 'jobs list',
    summary: 'list background work that has failed too often, with its errors',
    options: { state: { type: 'string' }, name: { type: 'string' }, url: { type: 'string' } },
    optionHelp: {
      state: 'scheduled, ready, running or dead (default)',
      name: 'only jobs of this name, such as inbox.fanOut',
      url: 'same as PULSESTACK_URL; the key is PULSESTACK_API_KEY',
    },
    run: ({ values, config }) => listJobs(config({ PULSESTACK_URL: values.url }), values),
  }),
  command({
    name: 'jobs redrive',
    takes: '[ID…]',
    summary: 'run jobs again that have failed too often',
    options: { all: { type: 'boolean' }, name: { type: 'string' }, url: { type: 'string' } },
    optionHelp: { all: 'every one of the workspace', name: 'every one of this name' },
    run: ({ values, args, config }) => redriveJobs(config({ PULSESTACK_URL: values.url }), args, values),
  }),
  command({
    name: 'jobs drop',
    takes: 'ID…',
    summary: 'delete jobs that wait or have failed too often',
    options: { url: { type: 'string' } },
    run: ({ values, args, config }) => dropJobs(config({ PULSESTACK_URL: values.url }), args),
  }),
  command({
    name: 'generate',
    summary: 'write typed event classes from the event catalogue of a workspace',
    options: {
      out: { type: 'string' },
      url: { type: 'string' },
      check: { type: 'boolean' },
      workflows: { type: 'boolean' },
    },
    optionHelp: {
      out: 'the TypeScript file; default: standard output',
      url: 'same as PULSESTACK_URL; the key is PULSESTACK_API_KEY',
      check: 'write nothing; fail when the file is not up to date',
      workflows: 'instead, what the published workflows take, for pulse.trigger',
    },
    run: ({ values, config }) =>
      (values.workflows ? generateWorkflowTypes : generateTypes)(config({ PULSESTACK_URL: values.url }), values),
  }),
  command({
    name: 'pull',
    takes: '[DIR]',
    summary: 'write workflows, templates and what they need as files; default ./pulsestack',
    options: { force: { type: 'boolean' }, url: { type: 'string' } },
    optionHelp: {
      force: 'overwrite files that were changed since the last pull',
      url: 'same as PULSESTACK_URL; the key is PULSESTACK_API_KEY',
    },
    run: ({ values, args, config }) => pull(config({ PULSESTACK_URL: values.url }), args[0] ?? FILES, values),
  }),
  command({
    name: 'push',
    takes: '[DIR]',
    summary: 'take files over: all of them, or none when one is wrong',
    options: {
      'dry-run': { type: 'boolean' },
      publish: { type: 'boolean' },
      force: { type: 'boolean' },
      url: { type: 'string' },
    },
    optionHelp: {
      'dry-run': 'only say what would change',
      publish: 'publish as well; default: save drafts',
      force: 'overwrite what was changed at the server since the last pull',
    },
    run: ({ values, args, config }) => push(config({ PULSESTACK_URL: values.url }), args[0] ?? FILES, values),
  }),
  command({
    name: 'sync',
    takes: '[KEY]',
    summary: 'take over the workflows that the code behind an endpoint has; default: app',
    options: {
      endpoint: { type: 'string' },
      'dry-run': { type: 'boolean' },
      prune: { type: 'boolean' },
      force: { type: 'boolean' },
      url: { type: 'string' },
    },
    optionHelp: {
      endpoint: 'its address, such as http://localhost:3000/api/pulsestack; one that is new is registered',
      'dry-run': 'only say what would change',
      prune: 'archive what the code has no more',
      force: 'take over workflows that were made elsewhere',
    },
    run: ({ values, args, config }) => sync(config({ PULSESTACK_URL: values.url }), args[0] ?? 'app', values),
  }),
  command({
    name: 'install',
    takes: '[WORKFLOW…]',
    summary: 'install ready-made workflows with their templates; without a name, list them',
    options: { all: { type: 'boolean' }, url: { type: 'string' } },
    optionHelp: { all: 'every one', url: 'same as PULSESTACK_URL; the key is PULSESTACK_API_KEY' },
    run: ({ values, args, config }) => installWorkflows(config({ PULSESTACK_URL: values.url }), args, values),
  }),
  command({
    name: 'simulate',
    takes: 'WORKFLOW',
    summary: 'print what a workflow would do for a user, and when; nothing is sent',
    options: {
      user: { type: 'string' },
      until: { type: 'string' },
      payload: { type: 'string' },
      version: { type: 'string' },
      'call-code': { type: 'boolean' },
      from: { type: 'string' },
      definition: { type: 'string' },
      profile: { type: 'string' },
      events: { type: 'string' },
      url: { type: 'string' },
    },
    optionHelp: {
      user: 'the id of the user',
      until: 'how far to look; default +30d',
      payload: 'JSON; default {}',
      version: 'a version that was published; default: the draft',
      'call-code': 'ask the code behind endpoints for a preview',
      from: 'a folder that was pulled: needs no server, the real engine carries it out',
      definition: 'the same with one file that holds the workflow',
      profile: 'a file with fields of the user and their preferences',
      events: 'a file with what happens later: [{ "after": "2d", "name": …, "payload": … }]',
      url: 'same as PULSESTACK_URL; the key is PULSESTACK_API_KEY',
    },
    run: ({ values, args, config }) => simulate(config({ PULSESTACK_URL: values.url }), args[0], values),
  }),
  command({
    name: 'edge',
    summary: 'relay the streams of a workspace near its readers, over one connection upstream',
    options: { upstream: { type: 'string' }, port: { type: 'string' } },
    optionHelp: { upstream: 'same as PULSESTACK_URL; the key is PULSESTACK_API_KEY', port: 'same as PORT' },
    run: ({ values, config }) => runEdge(config({ PULSESTACK_URL: values.upstream, PORT: values.port })),
  }),
];
