import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

// `npm run dev -w apps/dashboard` shows the sources against a running server; the server itself serves the build.
const server = 'http://localhost:4000';
const proxied = ['/v1', '/dev/', '/openapi.json', '/reference', '/.well-known'];

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: { outDir: 'dist', assetsDir: 'assets', target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, { target: server, changeOrigin: true }])) },
});
