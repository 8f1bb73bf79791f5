import { defineConfig } from 'tsdown';

const shared = { format: 'esm', target: 'node20', dts: true, fixedExtension: false } as const;

export default defineConfig([
  { ...shared, entry: { index: 'src/index.ts' }, platform: 'node' },
  { ...shared, entry: { client: 'src/client/index.ts' }, platform: 'neutral', target: 'es2022', clean: false },
]);
