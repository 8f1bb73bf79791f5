import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, Rolldown } from 'tsdown';
import { declarations } from '../../scripts/declarations.ts';

const MAX_KB = 22;

/** What a page loads with everything in it, TanStack's query core included. A page should not grow without anyone noticing. */
async function measure() {
  const { output } = await Rolldown.build({
    input: join(import.meta.dirname, 'dist/index.js'),
    platform: 'browser',
    output: { minify: true },
    write: false,
    logLevel: 'silent',
  });
  const kb = gzipSync(output[0].code).length / 1024;
  console.log(`@pulsestack/client: ${kb.toFixed(1)} KB gzip with its dependencies, ${MAX_KB} at most`);
  if (kb > MAX_KB) throw new Error(`the client weighs ${kb.toFixed(1)} KB gzip; ${MAX_KB} is the most`);
}

export default defineConfig([
  {
    entry: ['src/index.ts'],
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    dts: false,
    fixedExtension: false,
    inputOptions: { resolve: { conditionNames: ['source', 'import', 'module', 'browser', 'default'] } },
    onSuccess: measure,
  },
  declarations('packages/client', { index: 'index.ts' }),
]);
