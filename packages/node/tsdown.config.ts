import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    workflows: 'src/workflows/index.ts',
    http: 'src/endpoint/http.ts',
    web: 'src/endpoint/web.ts',
    express: 'src/endpoint/express.ts',
    fastify: 'src/endpoint/fastify.ts',
    next: 'src/endpoint/next.ts',
    hono: 'src/endpoint/hono.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: true,
  fixedExtension: false,
  // Whoever imports the part for Fastify has Fastify, and its types.
  deps: { neverBundle: ['fastify'] },
});
