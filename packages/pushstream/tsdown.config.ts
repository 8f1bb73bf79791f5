import { defineConfig } from 'tsdown';

const shared = { format: 'esm', target: 'node20', dts: true, fixedExtension: false } as const;

export default defineConfig([
  {
    ...shared,
    entry: {
      index: 'src/index.ts',
      file: 'src/file.ts',
      relay: 'src/relay/index.ts',
      dev: 'src/dev/index.ts',
      metrics: 'src/metrics/index.ts',
      'json-schema': 'src/catalogue/json-schema.ts',
      catalogue: 'src/catalogue/index.ts',
      redis: 'src/backplane/redis.ts',
      nats: 'src/backplane/nats.ts',
      postgres: 'src/backplane/postgres.ts',
      azure: 'src/backplane/azure.ts',
      express: 'src/adapters/express.ts',
      fastify: 'src/adapters/fastify.ts',
      hono: 'src/adapters/hono.ts',
    },
    platform: 'node',
    // Whoever imports the part for a framework has the framework, and its types.
    deps: { neverBundle: ['express', 'fastify', 'hono'] },
  },
  {
    ...shared,
    entry: { client: 'src/client/index.ts', react: 'src/react/index.ts', vue: 'src/vue/index.ts' },
    platform: 'neutral',
    target: 'es2022',
    clean: false,
  },
]);
