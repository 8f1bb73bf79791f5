import { defineConfig } from 'tsdown';

const shared = { format: 'esm', target: 'node20', dts: true, fixedExtension: false } as const;

export default defineConfig([
  {
    ...shared,
    entry: {
      index: 'src/index.ts',
      redis: 'src/backplane/redis.ts',
      nats: 'src/backplane/nats.ts',
      postgres: 'src/backplane/postgres.ts',
      azure: 'src/backplane/azure.ts',
    },
    platform: 'node',
  },
  { ...shared, entry: { client: 'src/client/index.ts' }, platform: 'neutral', target: 'es2022', clean: false },
]);
