import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'tsdown';
import { declarations } from '../../scripts/declarations.ts';

/** One file of all the sheets, in their order. */
function writeStyles() {
  const folder = join(import.meta.dirname, 'src');
  const entry = readFileSync(join(folder, 'styles.css'), 'utf8');
  const sheets = [...entry.matchAll(/@import "(.+)";/g)].map(([, path = '']) =>
    readFileSync(join(folder, path), 'utf8'),
  );
  writeFileSync(join(import.meta.dirname, 'dist/styles.css'), sheets.join('\n'));
}

export default defineConfig([
  {
    entry: ['src/index.ts'],
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    dts: false,
    fixedExtension: false,
    // Frameworks that render on the server must know that these components belong into the browser.
    banner: "'use client';",
    onSuccess: writeStyles,
  },
  declarations('packages/react', { index: 'index.ts' }),
]);
