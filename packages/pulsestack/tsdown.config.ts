import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig } from 'tsdown';
import { declarations } from '../../scripts/declarations.ts';

const require = createRequire(import.meta.url);
const dist = join(import.meta.dirname, 'dist');

// What the bundle reads at run time lies beside it, so that the package needs nothing of this repository.
function copyAssets() {
  mkdirSync(join(dist, 'migrations'), { recursive: true });
  const migrations = join(import.meta.dirname, 'src/migrations');
  for (const name of readdirSync(migrations))
    if (name.endsWith('.sql')) cpSync(join(migrations, name), join(dist, 'migrations', name));
  cpSync(join(import.meta.dirname, '../../apps/dashboard/dist'), join(dist, 'dashboard'), { recursive: true });
  cpSync(
    join(dirname(require.resolve('@scalar/api-reference')), 'browser/standalone.js'),
    join(dist, 'reference/scalar.js'),
  );
  cpSync(
    join(dirname(require.resolve('@electric-sql/pglite-tools/pg_dump')), 'pg_dump.wasm'),
    join(dist, 'pg_dump.wasm'),
  );
}

export default defineConfig([
  {
    entry: {
      main: 'src/main.ts',
      index: 'src/index.ts',
      testing: 'src/testing/index.ts',
      'pglite-worker': 'src/adapters/pglite/worker.ts',
      'liquid-worker': 'src/adapters/liquid/worker.ts',
      'mjml-worker': 'src/adapters/mjml/worker.ts',
    },
    format: 'esm',
    platform: 'node',
    target: 'node22',
    dts: false,
    fixedExtension: false,
    inputOptions: { resolve: { conditionNames: ['source', 'import', 'node', 'default'] } },
    onSuccess: copyAssets,
  },
  declarations('packages/pulsestack', { index: 'index.ts', testing: 'testing/index.ts' }),
]);
