import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const outside = mkdtempSync(join(tmpdir(), 'pulsestack-package-'));
afterAll(() => rmSync(outside, { recursive: true, force: true }));

/** What npm would publish, installed where nothing of this repository is. */
describe('the packed package', () => {
  it('starts the product outside the repository, with its dashboard and reference, and stops when asked', async () => {
    execFileSync('npm', ['run', 'build', '--silent', '--', '--output-logs=errors-only'], {
      cwd: root,
      stdio: 'inherit',
    });
    const packed = execFileSync(
      'npm',
      ['pack', '--silent', '--pack-destination', outside, '-w', 'packages/pulsestack'],
      { cwd: root, encoding: 'utf8' },
    )
      .trim()
      .split('\n')
      .at(-1) as string;
    writeFileSync(join(outside, 'package.json'), '{ "private": true }');
    execFileSync(
      'npm',
      ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', join(outside, packed)],
      { cwd: outside, stdio: 'inherit' },
    );
    const home = join(outside, 'home');
    mkdirSync(home);
    const child = spawn(join(outside, 'node_modules/.bin/pulsestack'), [], {
      cwd: home,
      env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'error' },
    });
    try {
      let output = '';
      const url = await new Promise<string>((resolve, reject) => {
        child.stdout.on('data', (chunk: Buffer) => {
          output += chunk;
          const found = /Dashboard +(http:\S+)/.exec(output)?.[1];
          if (found && output.includes('curl')) resolve(found);
        });
        child.on('exit', (code) => reject(new Error(`it ended with ${code}: ${output}`)));
      });
      const key = /sk_dev_\w+/.exec(output)?.[0];
      const answer = await fetch(`${url}/v1/notify`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: '{"to":"ada","title":"Hi","body":"It works"}',
      });
      expect(answer.status).toBe(202);
      expect(await (await fetch(url)).text()).toContain('<div id="root">');
      expect((await fetch(`${url}/live?user=ada`)).status).toBe(200);
      expect((await fetch(`${url}/reference/scalar.js`)).status).toBe(200);
      const ended = new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.on('exit', resolve);
      });
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    } finally {
      child.kill('SIGKILL');
    }
  }, 300_000);
});
