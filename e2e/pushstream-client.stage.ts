import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { createPushStream, type PushStream } from 'pushstream';
import { build } from 'vite';
import { testEnvironment } from '../packages/pulsestack/src/config.ts';
import { randomStream } from '../packages/pushstream/src/testing/random-stream.ts';

/** Pages that read streams, in a real browser. */
export interface ClientStage {
  readonly browser: Browser;
  /** A new one for each test. */
  readonly stream: PushStream;
  readonly errors: Error[];
  open(
    name: 'parser' | 'react' | 'tabs' | 'vue',
    options?: { context?: BrowserContext; query?: string },
  ): Promise<Page>;
  /** Ends the pages and the stream. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

const PAGES = fileURLToPath(new URL('./pushstream-pages/', import.meta.url));
const NAMES = ['parser', 'react', 'tabs', 'vue'];

export async function openClientStage(): Promise<ClientStage> {
  const folder = await mkdtemp(join(tmpdir(), 'pushstream-pages-'));
  const [browser] = await Promise.all([
    chromium.launch({
      executablePath: testEnvironment().chromium ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    }),
    build({
      root: PAGES,
      configFile: false,
      logLevel: 'warn',
      define: { 'process.env.NODE_ENV': '"development"' },
      resolve: { conditions: ['source', 'module', 'browser', 'development'] },
      build: {
        outDir: folder,
        emptyOutDir: true,
        minify: false,
        rolldownOptions: {
          input: Object.fromEntries(NAMES.map((name) => [name, join(PAGES, `${name}.ts`)])),
          output: { entryFileNames: '[name].js' },
        },
      },
    }),
  ]);
  let stream = newStream();
  const errors: Error[] = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    if (pathname === '/events') return stream.handler(request, response);
    if (pathname.startsWith('/bytes/')) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      for (const piece of randomStream(Number(pathname.slice('/bytes/'.length)))) {
        response.write(piece);
        await new Promise(setImmediate);
      }
      return response.end();
    }
    if (pathname.endsWith('.js')) {
      response.writeHead(200, { 'Content-Type': 'text/javascript' });
      return response.end(await readFile(join(folder, pathname)).catch(() => ''));
    }
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><link rel="icon" href="data:,"><script type="module" src="${pathname}.js"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const stage: ClientStage = {
    browser,
    errors,
    get stream() {
      return stream;
    },
    async open(name, { context, query = '' } = {}) {
      const page = await (context ?? (await browser.newContext())).newPage();
      page.on('pageerror', (error) => errors.push(error));
      await page.goto(`${origin}/${name}${query}`);
      return page;
    },
    async clear() {
      await Promise.all(browser.contexts().map((context) => context.close()));
      await stream.close();
      stream = newStream();
    },
    async close() {
      await browser.close();
      await stream.close();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
  return stage;
}

function newStream(): PushStream {
  return createPushStream({ retryMs: 20, heartbeatMs: 300 });
}
