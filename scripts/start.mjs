// `npm start`: install, build what changed, start the product. A second start finds both done.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, environment, nodeBinary, ROOT, run } from './environment.mjs';

// The dashboard is built from its own sources and those of the packages it shows.
const BUILT_FROM = ['apps/dashboard', 'packages/react', 'packages/client', 'packages/pushstream', 'packages/core'];
const BUILD_MARK = join(ROOT, 'apps/dashboard/dist/.built-from');

ensureInstalled();
await ensureBuilt();
startProduct();

async function ensureBuilt() {
  const wanted = fingerprint();
  if (existsSync(BUILD_MARK) && readFileSync(BUILD_MARK, 'utf8') === wanted) return;
  console.log('Building the dashboard…');
  const code = await run('npm', ['run', 'build', '--silent', '-w', 'apps/dashboard'], {
    spawn: { shell: process.platform === 'win32' },
  });
  if (code !== 0) process.exit(code);
  writeFileSync(BUILD_MARK, wanted);
}

/** Names, sizes and times of the sources: enough to notice an edit, and quick enough for every start. */
function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')));
  for (const place of BUILT_FROM) {
    for (const name of readdirSync(join(ROOT, place), { recursive: true }).map(String).sort()) {
      if (/(^|[\\/])(dist|node_modules|demo|\.turbo)([\\/]|$)|\.test\.|\.tsbuildinfo$/.test(name)) continue;
      const { mtimeMs, size } = statSync(join(ROOT, place, name));
      hash.update(`${place}/${name} ${mtimeMs} ${size}\n`);
    }
  }
  return hash.digest('hex');
}

function startProduct() {
  const main = join(ROOT, 'packages/pulsestack/src/main.ts');
  const child = spawn(
    nodeBinary(),
    ['--conditions=source', '--disable-warning=ExperimentalWarning', main, 'start', ...process.argv.slice(2)],
    {
      cwd: ROOT,
      stdio: 'inherit',
      // Stripping types and compiling again at each start would cost half a second.
      env: environment({ NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node') }),
    },
  );
  // Ctrl-C reaches the whole terminal group; a signal sent to npm alone must be passed on. Either way the product drains first.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.stdin.isTTY || child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
