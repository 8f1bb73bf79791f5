import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Applied, CHANNELS, Duration, durationMs, type TraceLine } from '@pulsestack/core';
import { z } from 'zod';
import { type Provider, provider } from '../ports/channel.ts';
import { createTestClock, type TestApp, testApp } from '../testing/index.ts';
import { type Kept, readFiles } from './sync-files.ts';

/** What is carried out against a clock that jumps. */
export interface Plan {
  workflow: string;
  user: string;
  payload: object;
  untilMs: number;
  /** The folder that `pulsestack pull` writes, or one file with a workflow. */
  from: { folder: string } | { definition: string };
  /** Files: the fields of the user with `preferences`, and what happens later. */
  profile?: string | undefined;
  events?: string | undefined;
}

const Profile = z.looseObject({ preferences: z.looseObject({}).optional() });
const Later = z.array(
  z.strictObject({
    /** So long after the one before. */
    after: Duration,
    /** Without a name the workflow is triggered once more. */
    name: z.string().optional(),
    payload: z.looseObject({}).default({}),
  }),
);

/** What is wrong with what was given, in sentences for the person at the terminal. */
export class PlanError extends Error {}

/** One thing that happened, so long after the beginning. */
export interface Happening {
  afterMs: number;
  text: string;
}

/**
 * Lets everything happen in a workspace of its own: the real engine on a database that is thrown away, a clock that jumps from
 * wake to wake, providers that take everything and send nothing, and a server that answers every step that calls one.
 */
export async function carryThrough(plan: Plan): Promise<{ happenings: Happening[]; failed: boolean }> {
  const profile = plan.profile === undefined ? {} : read(plan.profile, Profile);
  const events = plan.events === undefined ? [] : read(plan.events, Later);
  const files = readPlan(plan);
  const stub = await answerEverything();
  const app = await testApp({ timers: false, clock: createTestClock(new Date()), ...sendingNothing });
  const began = app.clock.nowMs();
  const happenings: Happening[] = [];
  const happen = async (path: string, body: object, text: string) => {
    await must(app, 'POST', path, { to: plan.user, ...body });
    happenings.push({ afterMs: app.clock.nowMs() - began, text });
  };
  const trigger = (payload: object, text: string) =>
    happen(`/v1/workflows/${encodeURIComponent(plan.workflow)}/trigger`, { payload }, text);
  const pass = (ms: number) => app.advance(`${Math.max(1, Math.round(ms / 1000))}s`);
  try {
    await prepare(app, files, stub.url);
    const { preferences, ...fields } = profile;
    const user = `/v1/users/${encodeURIComponent(plan.user)}`;
    await must(app, 'PUT', user, fields);
    if (preferences) await must(app, 'PATCH', `${user}/preferences`, preferences);
    await trigger(plan.payload, `${plan.workflow} is triggered`);
    for (const { after, name, payload } of events) {
      if (app.clock.nowMs() - began + durationMs(after) > plan.untilMs) break;
      await pass(durationMs(after));
      if (name === undefined) await trigger(payload, `${plan.workflow} is triggered again`);
      else await happen('/v1/events', { name, payload }, `the event ${name} comes`);
    }
    await pass(plan.untilMs - (app.clock.nowMs() - began));
    const told = await toldBy(app, plan.user, began);
    const all = [...happenings, ...told.happenings].map((one, i) => ({ one, i }));
    all.sort((a, b) => a.one.afterMs - b.one.afterMs || a.i - b.i);
    return { happenings: all.map(({ one }) => one), failed: told.failed };
  } finally {
    await app.close();
    stub.close();
  }
}

function read<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new PlanError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new PlanError(
      parsed.error.issues.map(({ path, message }) => `${file}: /${path.join('/')} ${message}`).join('\n'),
    );
  return parsed.data;
}

function readPlan({ workflow, from }: Plan): Kept[] {
  if ('folder' in from) return checked(from.folder, from.folder);
  const directory = mkdtempSync(join(tmpdir(), 'pulsestack-simulate-'));
  try {
    const definition = read(from.definition, z.looseObject({}));
    mkdirSync(join(directory, 'workflows'));
    writeFileSync(join(directory, 'workflows', `${workflow}.json`), JSON.stringify({ ...definition, key: workflow }));
    return checked(directory, from.definition);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function checked(directory: string, name: string): Kept[] {
  const { shelf, problems } = readFiles(directory);
  if (problems.length > 0) throw new PlanError(problems.join('\n'));
  if (shelf.size === 0) throw new PlanError(`There are no files in ${name}; pull first: pulsestack pull ${name}`);
  return [...shelf.values()];
}

/** Puts everything that the files hold into the workspace, and publishes it. */
async function prepare(app: TestApp, files: readonly Kept[], url: string): Promise<void> {
  for (const { kind, key, value } of files.filter((one) => one.kind.folder !== 'workflows')) {
    const path = `/v1/${kind.folder}/${encodeURIComponent(key)}`;
    await must(app, 'PUT', path, value);
    if (kind.publishes) await must(app, 'POST', `${path}/publish`, {});
  }
  const endpoints = new Set<string>();
  const workflows = files
    .filter((one) => one.kind.folder === 'workflows')
    .map(({ value }) => withoutCalls(value, url, endpoints) as object);
  for (const key of endpoints) await must(app, 'POST', '/v1/workflow-endpoints', { key, url: `${url}/` });
  const applied: Applied = await must(app, 'POST', '/v1/workflows/push', { workflows, publish: true, force: true });
  const problems = applied.workflows.flatMap((one) => one.problems.map((problem) => `${one.key}: ${problem.message}`));
  if (!applied.applied) throw new PlanError(problems.join('\n') || 'The workflows could not be published.');
}

/** A workflow whose calls go to the server that answers everything, wherever they went. */
function withoutCalls(value: unknown, url: string, endpoints: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutCalls(one, url, endpoints));
  if (typeof value !== 'object' || value === null) return value;
  const step = value as Record<string, unknown>;
  const isStep = typeof step.id === 'string';
  if (isStep && step.type === 'http') return { ...step, url: `${url}/`, expect: undefined };
  if (isStep && step.type === 'code') {
    endpoints.add(typeof step.endpoint === 'string' ? step.endpoint : 'app');
    return { ...step, output: undefined };
  }
  return Object.fromEntries(Object.entries(step).map(([key, inner]) => [key, withoutCalls(inner, url, endpoints)]));
}

async function answerEverything(): Promise<{ url: string; close(): void }> {
  const server = createServer((_request, response) => response.end('{"output":{}}'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

const takesEverything = (channel: Provider['channel']): Provider =>
  provider({
    id: `nowhere-${channel}`,
    channel,
    name: 'Nowhere',
    credentials: z.object({}),
    settings: z.object({}),
    connect: () => ({ send: async () => ({ outcome: 'accepted', id: null }), close() {} }),
  });
const outside = CHANNELS.filter((channel) => channel !== 'in_app');
const sendingNothing = {
  providers: outside.map(takesEverything),
  standIns: outside.map((channel) => ({ provider: `nowhere-${channel}`, credentials: {}, settings: {} })),
};

/** The traces of all runs of the user, and what became of each message. */
async function toldBy(
  app: TestApp,
  user: string,
  began: number,
): Promise<{ happenings: Happening[]; failed: boolean }> {
  const { items } = await must(app, 'GET', `/v1/runs?limit=100&user=${encodeURIComponent(user)}`);
  const happenings: Happening[] = [];
  let failed = false;
  for (const { id } of items.toReversed()) {
    const run = await must(app, 'GET', `/v1/runs/${id}`);
    failed ||= run.state === 'failed';
    const say = (at: string, text: string) => happenings.push({ afterMs: Date.parse(at) - began, text });
    for (const line of run.trace as TraceLine[]) {
      const place = line.step === null ? run.workflow : `${run.workflow} / ${line.step} (${line.type})`;
      const message = line.detail?.message;
      const fate = typeof message === 'string' ? await fateOf(app, message) : null;
      say(line.at, `${place}: ${fate ?? line.sentence}`);
    }
    if (run.finishedAt) say(run.finishedAt, `${run.workflow} is ${run.state}: ${run.sentence}`);
    else say(app.clock.now().toISOString(), `${run.workflow} goes on: it is ${run.state}`);
  }
  return { happenings, failed };
}

async function fateOf(app: TestApp, id: string): Promise<string | null> {
  const answer = await app.call('GET', `/v1/messages/${id}`);
  if (answer.status !== 200) return null;
  const { content, state, sentence, sentAt } = answer.body;
  const text = content?.title ?? content?.subject ?? content?.body ?? '';
  const when = sentAt ? ` at ${sentAt}` : '';
  return `${text ? `“${text}” → ` : ''}${state}${when}${sentence ? `: ${sentence}` : ''}`;
}

async function must(app: TestApp, method: string, path: string, body?: object) {
  const answer = await app.call(method, path, body ? { body } : {});
  if (answer.status < 400) return answer.body;
  const fields = (answer.body.errors ?? []).map(
    ({ field, message }: { field: string; message: string }) => `${field} ${message}`,
  );
  throw new PlanError([answer.body.detail ?? answer.body.title, ...fields].join(' '));
}
