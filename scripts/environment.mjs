// What start and test share: dependencies in place, and the Node that the packages bring. Runs on any Node from 18 on.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'node_modules', '.bin');
const MARK = join(ROOT, 'node_modules', '.installed');

/** Installs what package-lock.json says, unless that has been done. */
export function ensureInstalled() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === wanted) return;
  console.log('Installing dependencies…');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(
      'The dependencies could not be installed. Check the network and the registry npm uses, then try again.',
    );
    process.exit(status ?? 1);
  }
  writeFileSync(MARK, wanted);
}

/** The Node to run the product with: the one in node_modules where there is one for this platform, else this one if it is new enough. */
export function nodeBinary() {
  const brought = { linux: `node-linux-${process.arch}/bin/node`, win32: `node-win-${process.arch}/bin/node.exe` }[
    process.platform
  ];
  const path = brought && join(ROOT, 'node_modules', brought);
  if (path && existsSync(path)) return path;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  console.error(
    `PulseStack needs Node 22.18 or later; this is ${process.version}. Install a newer Node from https://nodejs.org and start again.`,
  );
  process.exit(1);
}

/** The environment for everything we run: tools of node_modules first on the path. */
export function environment(extra = {}) {
  return { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH}`, ...extra };
}

/** Runs a program to its end and resolves to its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: 'inherit',
      env: environment(options.env),
      ...options.spawn,
    });
    child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)));
    child.on('error', (error) => {
      console.error(`${command} could not be run: ${error.message}`);
      resolve(1);
    });
  });
}
