import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { testEnvironment } from '../packages/pulsestack/src/config.ts';
import { type TestApp, testApp } from '../packages/pulsestack/src/testing/index.ts';

/** The demo page of the components in a real browser, against the whole product. */
export interface InboxStage {
  app: TestApp;
  browser: Browser;
  /** A page with the demo open for a new user. */
  open(options?: OpenOptions): Promise<{ page: Page; user: string; send: Send }>;
  /** Another tab of the same user. */
  again(user: string, options?: OpenOptions): Promise<Page>;
  sendTo(user: string): Send;
  /** What the pages threw. */
  readonly errors: Error[];
  close(): Promise<void>;
}

export type Send = (content: Record<string, unknown>) => Promise<string>;

export interface OpenOptions {
  /** Query of the demo: lang, theme, view. */
  query?: Record<string, string>;
  context?: BrowserContextOptions;
  /** Notifications that lie there before the page opens. */
  before?: Record<string, unknown>[];
}

const DEMO = fileURLToPath(new URL('../packages/react/demo/', import.meta.url));
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

export async function openInboxStage(): Promise<InboxStage> {
  const now = { now: () => new Date(), nowMs: () => Date.now(), advance: () => {}, set: () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'pulsestack-demo-'));
  const [app, browser] = await Promise.all([
    testApp({ clock: now }),
    chromium.launch({
      executablePath: testEnvironment().chromium ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    }),
    build({ configFile: join(DEMO, 'vite.config.ts'), logLevel: 'warn', build: { outDir: folder, emptyOutDir: true } }),
  ]);
  const server = await serve(folder, await app.url());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const errors: Error[] = [];
  let users = 0;

  const stage: InboxStage = {
    app,
    browser,
    errors,
    async open(options = {}) {
      users += 1;
      const user = `user-${users}`;
      const send = stage.sendTo(user);
      for (const content of options.before ?? []) await send(content);
      return { page: await stage.again(user, options), user, send };
    },
    async again(user, { query = {}, context = {} } = {}) {
      const opened = await browser.newContext({ viewport: { width: 1024, height: 768 }, ...context });
      const page = await opened.newPage();
      page.on('pageerror', (error) => errors.push(error));
      await page.goto(`${origin}/?${new URLSearchParams({ ...query, token: await app.home.user(user) })}`);
      return page;
    },
    sendTo: (user) => async (content) => {
      const answer = await app.call('POST', '/v1/notify', { body: { to: user, ...content } });
      if (answer.status !== 202) throw new Error(`not sent: ${JSON.stringify(answer.body)}`);
      return answer.body.id;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
      await app.close();
      await rm(folder, { recursive: true });
    },
  };
  return stage;
}

/** Serves the built demo, and the product under the same origin as an application behind a proxy would. */
async function serve(folder: string, product: string): Promise<Server> {
  const server = createServer(async (incoming, outgoing) => {
    const { pathname } = new URL(incoming.url ?? '/', 'http://demo');
    if (pathname.startsWith('/v1/')) {
      const { hostname, port } = new URL(product);
      const passed = request(
        { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      passed.on('error', () => outgoing.destroy());
      outgoing.on('close', () => passed.destroy());
      incoming.pipe(passed);
      return;
    }
    const path = pathname === '/' ? '/index.html' : pathname;
    const file = await readFile(join(folder, path)).catch(() => null);
    outgoing.writeHead(file ? 200 : 404, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
    outgoing.end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
