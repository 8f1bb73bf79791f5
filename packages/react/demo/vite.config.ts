import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig } from 'vite';

/** `npx vite packages/react/demo` shows the components against the server at http://localhost:4000. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: { target: 'es2023', chunkSizeWarningLimit: 900, rolldownOptions: { checks: { moduleLevelDirective: false } } },
  server: { proxy: { '/v1': 'http://localhost:4000', '/dev': 'http://localhost:4000' } },
});
