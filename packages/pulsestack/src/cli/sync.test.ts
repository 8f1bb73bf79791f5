import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowDefinition } from '@pulsestack/core';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type Config, loadConfig } from '../config.ts';
import { type TestApp, type TestWorkspace, testApp } from '../testing/index.ts';
import { pull } from './pull.ts';
import { push } from './push.ts';
import { sync } from './sync.ts';

let app: TestApp;
let directory: string;
let config: Config;
let workspace: TestWorkspace;
let said: string[];

beforeAll(async () => {
  app = await testApp({ timers: false });
});
afterAll(() => app.close());

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pulsestack-files-'));
  workspace = await app.newWorkspace();
  config = loadConfig({ PULSESTACK_URL: await app.url(), PULSESTACK_API_KEY: workspace.key });
  said = [];
  const listen = (line: string) => void said.push(line);
  vi.spyOn(console, 'log').mockImplementation(listen);
  vi.spyOn(console, 'error').mockImplementation(listen);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

const call = (method: string, path: string, body?: object, as = workspace.key) =>
  app.call(method, path, { as, ...(body ? { body } : {}) });
const file = (place: string) => join(directory, `${place}.json`);
const read = (place: string) => JSON.parse(readFileSync(file(place), 'utf8'));
const write = (place: string, value: object) => writeFileSync(file(place), JSON.stringify(value));
const heard = () => said.splice(0).join('\n');
const hi = (title: string) => ({ name: 'Hi', steps: [{ id: 'hi', type: 'in_app', title }] });

/** Everything in the folder, name by name. */
function folder(): Record<string, string> {
  const names = (readdirSync(directory, { recursive: true }) as string[]).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(names.toSorted().map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

async function furnish() {
  await call('PUT', '/v1/categories/news', { name: 'News', defaults: { email: false } });
  await call('PUT', '/v1/partials/bye', { name: 'Bye', source: 'Bye, {{ brand.name }}' });
  await call('PUT', '/v1/layouts/default', { name: 'Plain', body: { format: 'html', html: '<p>{{ content }}</p>' } });
  await call('PUT', '/v1/translations/de', { messages: { hello: 'Hallo', bye: 'Ade' } });
  await call('PUT', '/v1/templates/greeting', { content: { channel: 'sms', body: 'Hi {{ payload.name }}' } });
  await call('POST', '/v1/templates/greeting/publish', {});
  await call('PUT', '/v1/workflows/greet', {
    name: 'Greet',
    category: 'news',
    trigger: { event: 'user.came' },
    steps: [{ id: 'text', type: 'sms', template: 'greeting' }],
  });
}

it('pulls all there is, pushes it into another workspace, and pulls the same from there', async () => {
  await furnish();
  expect(await pull(config, directory, {})).toBe(0);
  const first = folder();
  expect(Object.keys(first).filter((name) => !name.startsWith('schemas/'))).toEqual([
    'categories/news.json',
    'layouts/default.json',
    'partials/bye.json',
    'pulsestack.lock.json',
    'templates/greeting.json',
    'translations/de.json',
    'workflows/greet.json',
  ]);
  expect(first['workflows/greet.json']).toMatch(
    /^\{\n {2}"\$schema": "\.\.\/schemas\/workflows\.json",\n {2}"key": "greet",/,
  );
  expect(JSON.parse(first['schemas/workflows.json'] ?? '').properties.steps).toBeDefined();
  expect(await push(config, directory, {})).toBe(0);
  expect(heard()).toMatch(/1 workflow is the same\.\nPushed: 6 files are as/);

  const other = await app.newWorkspace();
  const there = { ...config, PULSESTACK_API_KEY: other.key };
  rmSync(join(directory, 'pulsestack.lock.json'));
  expect(await push(there, directory, { publish: true }), heard()).toBe(0);
  const workflow = (await call('GET', '/v1/workflows/greet', undefined, other.key)).body;
  expect(workflow).toMatchObject({ status: 'published', origin: { kind: 'files' } });
  const refused = await call('PUT', '/v1/workflows/greet', hi('No'), other.key);
  expect([refused.status, refused.body.code]).toEqual([409, 'workflow.managed']);
  expect(refused.body.detail).toContain('was pushed from files');
  heard();
  expect(await pull(there, directory, {})).toBe(0);
  expect(heard()).toContain('Nothing has changed; 6 are kept');
  expect(folder()).toEqual(first);
});

it('changes nothing when one file is wrong, and names the file and the field', async () => {
  await furnish();
  await pull(config, directory, {});
  write('workflows/greet', { ...read('workflows/greet'), name: 'Changed', steps: [{ id: 'text', type: 'smoke' }] });
  write('partials/bye', { name: 'Bye', source: 'Changed' });
  writeFileSync(file('translations/de'), '{"messages":');
  heard();
  expect(await push(config, directory, { force: true })).toBe(1);
  const told = heard();
  expect(told).toMatch(/workflows\/greet\.json: \/steps\/0/);
  expect(told).toMatch(/translations\/de\.json: is not JSON/);
  expect(told).toContain('Nothing was pushed.');
  expect((await call('GET', '/v1/partials/bye')).body.source).toBe('Bye, {{ brand.name }}');
  // What only the server can know is found before anything is changed as well.
  await pull(config, directory, { force: true });
  write('workflows/greet', { ...read('workflows/greet'), steps: [{ id: 'text', type: 'sms', template: 'nowhere' }] });
  heard();
  expect(await push(config, directory, { publish: true })).toBe(1);
  expect(heard()).toContain('there is no published template "nowhere"');
  expect((await call('GET', '/v1/workflows/greet')).body.draft.steps[0].template).toBe('greeting');
});

it('shows what would change, changes it, and removes messages that are gone', async () => {
  await furnish();
  await pull(config, directory, {});
  write('workflows/greet', { ...read('workflows/greet'), steps: [{ id: 'text', type: 'sms', body: 'Hello' }] });
  write('translations/de', { messages: { hello: 'Guten Tag' } });
  heard();
  expect(await push(config, directory, { 'dry-run': true })).toBe(0);
  const planned = heard();
  expect(planned).toMatch(/changed {2,}translations\/de/);
  expect(planned).toMatch(/changed {2}workflows\/greet\n {11}removed text\/template\n {11}added text\/body\n/);
  expect((await call('GET', '/v1/workflows/greet')).body.draft.steps[0].template).toBe('greeting');
  expect(await push(config, directory, {})).toBe(0);
  expect((await call('GET', '/v1/workflows/greet')).body).toMatchObject({
    status: 'draft',
    draft: { steps: [{ body: 'Hello' }] },
  });
  expect((await call('GET', '/v1/translations')).body.items[0].messages).toEqual({ hello: 'Guten Tag' });
  expect(await push(config, directory, {})).toBe(0);
  expect(heard()).toContain('1 workflow is the same.');
});

it('does not overwrite what others have changed, on either side, unless forced', async () => {
  await call('PUT', '/v1/workflows/shared', hi('First'));
  await pull(config, directory, {});
  await call('PUT', '/v1/workflows/shared', hi('Theirs'));
  write('workflows/shared', { ...read('workflows/shared'), steps: hi('Mine').steps });
  heard();
  expect(await push(config, directory, {})).toBe(1);
  expect(heard()).toContain('workflows/shared: was changed at the server since the last pull');
  expect(await pull(config, directory, {})).toBe(1);
  expect(heard()).toContain('workflows/shared.json was changed since the last pull');
  expect(await push(config, directory, { force: true })).toBe(0);
  expect((await call('GET', '/v1/workflows/shared')).body.draft.steps[0].title).toBe('Mine');
  await call('DELETE', '/v1/workflows/shared');
  expect(await pull(config, directory, {})).toBe(0);
  expect(existsSync(file('workflows/shared'))).toBe(false);
  writeFileSync(file('pulsestack.lock'), '{}');
  await expect(pull(config, directory, {})).rejects.toThrow('no lock file of ours');
  expect(await push(config, mkdtempSync(join(directory, 'empty-')), {})).toBe(2);
});

it('registers the address of code, and says how to go on', async () => {
  expect(await sync(config, 'app', {})).toBe(2);
  expect(await sync(config, 'app', { endpoint: 'nonsense' })).toBe(2);
  expect(await sync(config, 'app', { endpoint: 'http://127.0.0.1:1/api/pulsestack', 'dry-run': true })).toBe(0);
  expect((await call('GET', '/v1/workflow-endpoints')).body.items).toEqual([]);
  heard();
  expect(await sync(config, 'app', { endpoint: 'http://127.0.0.1:1/api/pulsestack' })).toBe(0);
  expect(heard()).toMatch(/PULSESTACK_ENDPOINT_SECRET=whsec_[\w+/=]{44}$/);
  await expect(sync(config, 'app', { endpoint: 'http://127.0.0.1:1/other' })).rejects.toThrow('was not reached');
  expect((await call('GET', '/v1/workflow-endpoints/app')).body.url).toBe('http://127.0.0.1:1/other');
});

it('keeps any workflow as it is through push and pull', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(definitions, { minLength: 1, maxLength: 4 }), async (drawn) => {
      round++;
      const made = drawn.map((one, i) => WorkflowDefinition.parse({ ...one, key: `r${round}-${i}` }));
      for (const { key, ...body } of made) {
        const answer = await call('PUT', `/v1/workflows/${key}`, body);
        expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      }
      expect(await pull(config, directory, {})).toBe(0);
      const before = folder();
      for (const one of made) {
        const { $schema: _schema, ...kept } = read(`workflows/${one.key}`);
        expect(kept).toEqual(one);
        await call('PUT', `/v1/workflows/${one.key}`, hi('Overwritten'));
      }
      expect(await push(config, directory, { force: true }), heard()).toBe(0);
      expect(await pull(config, directory, {})).toBe(0);
      expect(folder()).toEqual(before);
    }),
    { seed: 9, numRuns: 8 },
  );
});

const words = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => text.isWellFormed() && !text.includes('\0'));
const lines = words.map((text) => `x${text.replaceAll(/[\r\n]/g, '')}`);
const json = fc.dictionary(
  fc.stringMatching(/^[a-z_]{1,8}$/),
  fc.oneof(words, fc.integer(), fc.boolean(), fc.constant(null), fc.array(words, { maxLength: 3 })),
  { maxKeys: 4 },
);
const conditions = fc.oneof(
  fc.constant({ '==': [{ var: 'payload.a' }, 1] }),
  words.map((text) => ({ in: [text, { var: 'payload.list' }] })),
);

/** Definitions with steps inside of steps; ids are given afterwards, so that each is its own. */
const definitions = fc
  .record(
    {
      name: lines,
      description: words,
      priority: fc.constantFrom('low', 'normal', 'high'),
      tags: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 3 }),
      trigger: fc.record({ event: fc.constant('thing.done'), if: conditions }, { requiredKeys: [] }),
      payload: fc.constant({ type: 'object', properties: { a: { type: 'number', default: 3 } }, required: ['a'] }),
      steps: fc.array(
        fc.letrec((tie) => ({
          step: fc.oneof(
            { maxDepth: 2 },
            fc.record(
              { type: fc.constant('in_app'), title: lines, data: json, if: conditions },
              { requiredKeys: ['type', 'title'] },
            ),
            fc.record({ type: fc.constant('email'), subject: lines, body: words }),
            fc.record({ type: fc.constant('delay'), for: fc.constantFrom('5m', '2d') }),
            fc.record({ type: fc.constant('http'), url: fc.constant('https://example.com'), body: json }),
            fc.record({ type: fc.constant('code'), retries: fc.nat(10), output: fc.constant({ type: 'object' }) }),
            fc.record({
              type: fc.constant('branch'),
              branches: fc.array(fc.record({ if: conditions, steps: fc.array(tie('step'), { maxLength: 2 }) }), {
                minLength: 1,
                maxLength: 2,
              }),
              else: fc.array(tie('step'), { maxLength: 2 }),
            }),
            fc.record({
              type: fc.constant('loop'),
              over: fc.constant('payload.list'),
              steps: fc.array(tie('step'), { maxLength: 2 }),
            }),
          ),
        })).step,
        { minLength: 1, maxLength: 4 },
      ),
    },
    { requiredKeys: ['name', 'steps'] },
  )
  .map((one) => numbered(one) as object);

function numbered(value: unknown): unknown {
  let next = 0;
  const visit = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(visit);
    if (typeof inner !== 'object' || inner === null) return inner;
    const fields = Object.fromEntries(
      Object.entries(inner).map(([name, one]) => [
        name,
        ['steps', 'branches', 'else'].includes(name) ? visit(one) : one,
      ]),
    );
    return 'type' in fields ? { id: `s${next++}`, ...fields } : fields;
  };
  return visit(value);
}
