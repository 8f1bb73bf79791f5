import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventSource } from 'eventsource';
import { afterEach, describe, expect, it } from 'vitest';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

describe('the readme', () => {
  it('shows a whole server in under 50 lines, and it works', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const example = /## A whole server\n\n```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    expect(example.split('\n').length).toBeLessThan(50);

    const folder = await mkdtemp(join(tmpdir(), 'pushstream-readme-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const script = join(folder, 'server.mjs');
    await writeFile(
      script,
      example.replace("'pushstream'", JSON.stringify(new URL('./index.ts', import.meta.url).href)),
    );
    const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
      env: { PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    cleanups.push(() => server.kill('SIGKILL'));
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const url = line.toString().trim().replace('localhost', '127.0.0.1');

    expect(await (await fetch(url)).text()).toContain('new EventSource');
    const source = new EventSource(`${url}/events?topic=news`);
    cleanups.push(() => source.close());
    await once(source as unknown as EventTarget, 'ps.open');
    const heard = once(source as unknown as EventTarget, 'story.published');
    expect((await fetch(url, { method: 'POST' })).status).toBe(202);
    const [story] = (await heard) as [MessageEvent<string>];
    expect(JSON.parse(story.data).title).toMatch(/^At 20/);

    const drained = once(source as unknown as EventTarget, 'ps.drain');
    server.kill('SIGTERM');
    await drained;
    await once(server, 'exit');
  });
});
