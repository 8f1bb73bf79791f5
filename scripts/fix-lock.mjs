// npm writes only the platform packages it could resolve into the lock file; `npm ci` then calls it out of step with
// package.json. This adds the missing optional ones, by the facts their names carry.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../package-lock.json', import.meta.url);
const SYSTEMS = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  win32: 'win32',
  windows: 'win32',
  win: 'win32',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
  sunos: 'sunos',
  aix: 'aix',
  openharmony: 'openharmony',
};
const CPUS = {
  x64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
  mips64el: 'mips64el',
  wasm32: 'wasm32',
  64: 'x64',
};

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
let added = 0;

// The packages at the top first: what they need stands at the top too.
const depthOf = (path) => path.split('node_modules/').length;
for (const [path, entry] of Object.entries(lock.packages).sort(([a], [b]) => depthOf(a) - depthOf(b))) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (placesOf(path, name).some((place) => fits(lock.packages[place], range))) continue;
    // Beside the package that wants it, unless the top is free.
    const top = `node_modules/${name}`;
    const place = lock.packages[top] ? `${path.slice(0, path.lastIndexOf('node_modules/'))}node_modules/${name}` : top;
    lock.packages[place] = describe(name, range, entry.dev);
    added += 1;
  }
}

const { '': root, ...others } = lock.packages;
lock.packages = { '': root, ...Object.fromEntries(Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1))) };
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} platform packages added to the lock file`);

/** Where Node would look for a dependency of the package at `path`, the nearest first. */
function placesOf(path, name) {
  const places = [];
  for (let base = path; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    places.push(`${base ? `${base}/` : ''}node_modules/${name}`);
    if (!base.includes('/node_modules/')) break;
  }
  return [...places, `node_modules/${name}`];
}

// Platform packages are pinned exactly by the package they belong to; a range is taken as satisfied by what npm chose.
function fits(entry, range) {
  return entry !== undefined && (!/^\d/.test(range) || entry.version === range);
}

function describe(name, range, dev) {
  const parts = name.split(/[-/]/);
  const system = parts.map((part) => SYSTEMS[part]).find(Boolean);
  const cpu = parts.map((part) => CPUS[part]).find(Boolean);
  const libc = /musl/.test(name) ? 'musl' : /gnu$/.test(name) && system === 'linux' ? 'glibc' : undefined;
  return {
    version: range.replace(/^[\^~]/, ''),
    ...(cpu ? { cpu: [cpu] } : {}),
    ...(dev ? { dev: true } : {}),
    ...(libc ? { libc: [libc] } : {}),
    optional: true,
    ...(system ? { os: [system] } : {}),
  };
}
