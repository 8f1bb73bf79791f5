// `npm test`: brings what the tests need, runs every check and every test, and ends with one line of sums.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { ensureInstalled, nodeBinary, ROOT, run } from './environment.mjs';
import { findPostgres } from './postgres.mjs';
import { findServers } from './servers.mjs';

const CHECKS = [
  ['types', 'tsc', ['-b']],
  ['lint', 'oxlint', ['--quiet']],
  ['format', 'biome', ['check', '--diagnostic-level=error', '.']],
  ['dead code', 'knip', ['--no-progress']],
];

ensureInstalled();
const inCi = process.env.CI === 'true';
const only = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;

if (only.length === 0) {
  for (const [name, command, args] of CHECKS) {
    const code = await run(command, args);
    console.log(`${code === 0 ? '✓' : '✗'} ${name}`);
    if (code === 0) passed += 1;
    else failed += 1;
  }
  const lock = await run('npm', ['ci', '--dry-run', '--ignore-scripts', '--loglevel=error'], {
    spawn: { stdio: ['ignore', 'ignore', 'inherit'] },
  });
  console.log(`${lock === 0 ? '✓' : '✗'} lock file`);
  if (lock === 0) passed += 1;
  else failed += 1;
  const build = await run('npm', ['run', 'build', '--silent', '--', '--output-logs=errors-only']);
  console.log(`${build === 0 ? '✓' : '✗'} build`);
  if (build === 0) passed += 1;
  else failed += 1;
}

const postgres = await findPostgres(canLogIn);
const chromium = findChromium();
for (const { name, reason } of [
  { name: 'PostgreSQL', reason: postgres.reason },
  { name: 'Chromium', reason: chromium.reason },
  ...findServers(),
]) {
  if (!reason) continue;
  console.log(`skipped: everything on ${name}, because ${reason}`);
  if (inCi) failed += 1;
  else skipped += 1;
}
if (postgres.url) console.log(`PostgreSQL: ${postgres.how}`);

mkdirSync(join(ROOT, 'node_modules/.cache'), { recursive: true });
const env = {
  ...(postgres.url ? { TEST_DATABASE_URL: postgres.url } : {}),
  ...(chromium.path ? { TEST_CHROMIUM: chromium.path } : {}),
  NODE_ENV: 'test',
};
// Browser tests take turns and mostly wait, so the others run beside them.
const runs =
  only.length > 0
    ? [only]
    : [
        ['--project', 'unit'],
        ['--project', 'e2e'],
      ];
const codes = await Promise.all(runs.map(runTests));
postgres.stop?.();
for (const [i, code] of codes.entries()) addUp(reportOf(i), code);
if (inCi && skipped > 0) {
  console.error('In CI nothing may be skipped.');
  failed += 1;
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;

function reportOf(i) {
  return join(ROOT, `node_modules/.cache/test-report-${i}.json`);
}

function runTests(selection, i) {
  rmSync(reportOf(i), { force: true });
  return run(
    nodeBinary(),
    [
      join(ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      `--maxWorkers=${Math.min(8, availableParallelism())}`,
      '--reporter=default',
      '--reporter=json',
      `--reporter=${join(ROOT, 'scripts/flaky.mjs')}`,
      `--outputFile.json=${reportOf(i)}`,
      ...selection,
    ],
    { env },
  );
}

function addUp(report, code) {
  try {
    const sums = JSON.parse(readFileSync(report, 'utf8'));
    passed += sums.numPassedTests;
    const failures =
      sums.numFailedTests +
      sums.testResults.filter(
        (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
      ).length;
    failed += failures;
    skipped += sums.numPendingTests + sums.numTodoTests;
    if (code !== 0 && failures === 0) failed += 1;
  } catch (error) {
    console.error(`The test runner wrote no report: ${error.message}`);
    failed += 1;
  }
}

async function canLogIn(url) {
  const { Client } = createRequire(join(ROOT, 'packages/pulsestack/package.json'))('pg');
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    const { rows } = await client.query(
      "select current_setting('server_version_num')::int as version, rolsuper as super from pg_roles where rolname = current_user",
    );
    return rows[0].version >= 150000 && rows[0].super;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
