import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Rolldown } from 'tsdown';

// `node --conditions=source scripts/sizes.ts` prints what the clients of the engine weigh.

/** What a page imports of each subpath, and the most it may weigh in KB: tree-shaken, minified, gzip, without the framework. */
export const BOUNDS = {
  client: { code: "export { createEventStream } from 'pushstream/client';", maxKb: 5 },
  parser: { code: "export { createParser } from 'pushstream/client';", maxKb: 0.7 },
  react: { code: "export { usePushStream, usePushStreamEvent } from 'pushstream/react';", maxKb: 6 },
  vue: { code: "export { usePushStream } from 'pushstream/vue';", maxKb: 6 },
} as const;

/** Bytes of what a browser would load, compressed. */
export async function measure(name: keyof typeof BOUNDS): Promise<number> {
  const entry = '\0entry';
  const { output } = await Rolldown.build({
    input: entry,
    cwd: fileURLToPath(new URL('../packages/pushstream/', import.meta.url)),
    platform: 'browser',
    external: ['react', 'vue'],
    resolve: { conditionNames: ['source', 'import', 'browser', 'default'] },
    plugins: [
      {
        name: 'entry',
        resolveId: (id: string) => (id === entry ? entry : null),
        load: (id: string) => (id === entry ? BOUNDS[name].code : null),
      },
    ],
    output: { minify: true, format: 'esm' },
    write: false,
    logLevel: 'silent',
  });
  return gzipSync(output[0].code).length;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const name of Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]) {
    const kb = ((await measure(name)) / 1_024).toFixed(2);
    console.log(`pushstream ${name.padEnd(6)} ${kb} KB gzip, ${BOUNDS[name].maxKb} at most`);
  }
}
