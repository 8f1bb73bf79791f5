import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { EventSource } from 'eventsource';
import { afterEach, expect, it } from 'vitest';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

it.each(['express', 'fastify', 'hono'])('the example for %s has under 50 lines, and works', async (name) => {
  const script = fileURLToPath(new URL(`../../examples/${name}.js`, import.meta.url));
  expect((await readFile(script, 'utf8')).split('\n').length).toBeLessThan(50);

  const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning'];
  const env = { ...process.env, PORT: '0' };
  const server = spawn(process.execPath, [...flags, script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  cleanups.push(() => server.kill('SIGKILL'));
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const url = line.toString().trim();

  expect(await (await fetch(url)).text()).toContain('new EventSource');
  const source = new EventSource(`${url}/events`);
  cleanups.push(() => source.close());
  const next = (event: string) =>
    new Promise<MessageEvent<string>>((resolve) => source.addEventListener(event, resolve, { once: true }));
  await next('ps.open');
  const heard = next('story.published');
  expect((await fetch(url, { method: 'POST' })).status).toBe(202);
  expect(JSON.parse((await heard).data).title).toMatch(/^At 20/);

  const drained = next('ps.drain');
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await drained;
  source.close();
  expect(await ended).toEqual([0, null]);
});
