import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, testApp } from '../testing/index.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
let app: TestApp;
let directory: string;
beforeAll(async () => {
  app = await testApp();
  directory = mkdtempSync(join(tmpdir(), 'pulsestack-generate-'));
});
afterAll(async () => {
  await app.close();
  rmSync(directory, { recursive: true });
});

function pulsestack(args: string[], env: Record<string, string>): Promise<{ code: number; told: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=source', MAIN, ...args],
      { cwd: directory, env: { PATH: process.env.PATH, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, told: stdout + stderr }),
    );
  });
}

it('writes what the workspace has declared, and tells when the file is behind', async () => {
  const env = { PULSESTACK_URL: await app.url(), PULSESTACK_API_KEY: app.home.key };
  const schema = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
  await app.call('PUT', '/v1/catalog/order.shipped', { body: { summary: 'It is on its way', schema } });
  expect(await pulsestack(['generate', '--out', 'events.ts'], env)).toEqual({
    code: 0,
    told: 'Wrote 1 event to events.ts.\n',
  });
  expect(readFileSync(join(directory, 'events.ts'), 'utf8')).toContain(
    '/** It is on its way */\nexport class OrderShippedEvent',
  );
  expect((await pulsestack(['generate', '--out', 'events.ts', '--check'], env)).code).toBe(0);
  await app.call('PUT', '/v1/catalog/order.lost', { body: { schema } });
  expect(await pulsestack(['generate', '--out', 'events.ts', '--check'], env)).toMatchObject({
    code: 1,
    told: expect.stringContaining('not up to date'),
  });
});

it('writes what workflows take, so that the compiler knows a wrong trigger', async () => {
  const env = { PULSESTACK_URL: await app.url(), PULSESTACK_API_KEY: app.home.key };
  const publish = async (key: string, body: object) => {
    expect((await app.call('PUT', `/v1/workflows/${key}`, { body: { name: key, ...body } })).status).toBe(200);
    expect((await app.call('POST', `/v1/workflows/${key}/publish`, { body: {} })).status).toBe(200);
  };
  await app.call('PUT', '/v1/templates/bill', {
    body: { content: { channel: 'sms', body: '{{ payload.total }} due' } },
  });
  await app.call('POST', '/v1/templates/bill/publish', { body: {} });
  await publish('invoice-due', {
    payload: { type: 'object', properties: { id: { type: 'string' }, days: { type: 'integer' } }, required: ['id'] },
    steps: [{ id: 'a', type: 'in_app', title: 'Due' }],
  });
  await publish('bill', {
    steps: [
      { id: 'a', type: 'sms', template: 'bill' },
      {
        id: 'b',
        type: 'in_app',
        title: 'For {{ payload.customer.name }}',
        if: { '>': [{ var: 'payload.amount' }, 1] },
      },
    ],
  });
  const body = { name: 'Not yet', steps: [{ id: 'a', type: 'stop' }] };
  await app.call('PUT', '/v1/workflows/only-a-draft', { body });
  expect(await pulsestack(['generate', '--workflows', '--out', 'workflows.ts'], env)).toEqual({
    code: 0,
    told: 'Wrote 2 workflows to workflows.ts.\n',
  });
  const written = readFileSync(join(directory, 'workflows.ts'), 'utf8');
  expect(written).toContain('    "invoice-due": {\n      id: string;\n      days?: number;\n    };\n');
  expect(written).toMatch(/"bill": .*amount\?: unknown;.*customer\?: \{\s+name\?: unknown;.*total: /s);
  expect(written).not.toContain('only-a-draft');
  // A program that triggers with it, right and wrong, as the compiler of its owner sees it.
  const program = `import { PulseStack } from '@pulsestack/node';
import './workflows.ts';
const pulse = new PulseStack({ key: 'sk_x' });
void pulse.trigger('invoice-due', { to: 'ada', payload: { id: 'i1', days: 3 } });
// @ts-expect-error -- it needs an id
void pulse.trigger('invoice-due', { to: 'ada', payload: { days: 3 } });
// @ts-expect-error -- there is no such workflow
void pulse.trigger('invoice-dew', { to: 'ada', payload: {} });
`;
  const folder = fileURLToPath(new URL('../../../../node_modules/.cache/typed-triggers/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'workflows.ts'), written);
  writeFileSync(join(folder, 'program.ts'), program);
  const options = { extends: '../../../tsconfig.base.json', files: ['program.ts'], compilerOptions: COMPILER };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
  const tsc = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url));
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(stdout.split('\n').filter((line) => /program\.ts|workflows\.ts\(/.test(line))).toEqual([]);
});

const COMPILER = {
  composite: false,
  emitDeclarationOnly: false,
  noEmit: true,
  module: 'esnext',
  moduleResolution: 'bundler',
  typeRoots: ['../../@types'],
};

it('says what to do without a key, with a wrong one, and when nobody is there', async () => {
  const url = await app.url();
  expect(await pulsestack(['generate'], { PULSESTACK_URL: url })).toMatchObject({
    code: 1,
    told: expect.stringContaining('PULSESTACK_API_KEY is not set'),
  });
  expect(await pulsestack(['generate'], { PULSESTACK_URL: url, PULSESTACK_API_KEY: 'sk_live_nonsense' })).toMatchObject(
    { code: 1, told: expect.stringContaining('401') },
  );
  expect(
    await pulsestack(['generate'], { PULSESTACK_URL: 'http://127.0.0.1:9', PULSESTACK_API_KEY: 'sk_x' }),
  ).toMatchObject({ code: 1, told: expect.stringContaining('does not answer') });
});
