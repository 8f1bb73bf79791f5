import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
