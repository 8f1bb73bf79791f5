#!/usr/bin/env node
// Node older than 22.18 lacks what the server needs (node:sqlite); the package brings a newer one for common platforms.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const isEnough = major > 22 || (major === 22 && minor >= 18);
const source = fileURLToPath(new URL('../src/main.ts', import.meta.url));
// In a clone the sources run, as `npm start` runs them: what is built there may be older. The published package has none.
const isClone = existsSync(source);
const run = isClone
  ? ['--conditions=source', '--disable-warning=ExperimentalWarning', source]
  : [fileURLToPath(new URL('../dist/main.js', import.meta.url))];

if (isEnough && !isClone) {
  module.enableCompileCache?.();
  await import(new URL('../dist/main.js', import.meta.url).href);
} else {
  const node = isEnough ? process.execPath : findNode();
  if (!node) {
    console.error(
      `PulseStack needs Node 22.18 or later; this is ${process.version}. Install a newer Node from https://nodejs.org and start again.`,
    );
    process.exit(1);
  }
  const child = spawn(node, [...run, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

function findNode() {
  const platform = { linux: 'linux', win32: 'win' }[process.platform];
  if (!platform) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`);
    const node = manifest.replace(/package\.json$/, platform === 'win' ? 'bin/node.exe' : 'bin/node');
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}
