import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { DEV_KEY, freshPlace, type Place, type Server, startProduct } from '../bench/process.ts';
import { testEnvironment } from '../packages/pulsestack/src/config.ts';

const DASHBOARD = fileURLToPath(new URL('../apps/dashboard/', import.meta.url));
const PASSWORD = 'correct horse battery';

/** The dashboard as a person meets it: the started product, a real browser, nothing in between. */
export interface DashboardStage {
  url: string;
  browser: Browser;
  /** What the pages threw or were refused by their content policy. */
  readonly errors: string[];
  open(path: string, context?: BrowserContextOptions): Promise<Page>;
  /** A page of somebody who has just signed up with a workspace of their own. */
  signUp(name: string, context?: BrowserContextOptions): Promise<{ page: Page; email: string }>;
  /** A page of the development owner. */
  asOwner(path?: string, context?: BrowserContextOptions): Promise<Page>;
  send(body: Record<string, unknown>): Promise<string>;
  mailTo(address: string): Promise<string>;
  close(): Promise<void>;
}

export async function openDashboardStage(): Promise<DashboardStage> {
  await build({ root: DASHBOARD, configFile: `${DASHBOARD}vite.config.ts`, logLevel: 'warn' });
  const place: Place = await freshPlace('embedded');
  const [server, browser]: [Server, Browser] = await Promise.all([
    startProduct(place, { PULSESTACK_RATE_LIMIT_IP: '100000', PULSESTACK_RATE_LIMIT_SIGN_IN: '1000' }),
    chromium.launch({
      executablePath: testEnvironment().chromium ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    }),
  ]);
  // Links in mails carry this name, and cookies belong to a name.
  const url = server.url.replace('127.0.0.1', 'localhost');
  const errors: string[] = [];
  let people = 0;

  const stage: DashboardStage = {
    url,
    browser,
    errors,
    async open(path, context = {}) {
      const opened = await browser.newContext({
        viewport: { width: 1280, height: 860 },
        reducedMotion: 'reduce',
        ...context,
      });
      const page = await opened.newPage();
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (line) => {
        if (/content security policy/i.test(line.text())) errors.push(line.text());
      });
      await page.goto(url + path);
      return page;
    },
    async signUp(name, context) {
      people += 1;
      const email = `person-${people}@example.com`;
      const page = await stage.open('/sign-up', context);
      await page.getByLabel('Your name').fill(name);
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByLabel('Workspace').fill(`${name}’s workspace`);
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByRole('heading', { name: `Welcome, ${name}` }).waitFor();
      return { page, email };
    },
    async asOwner(path = '/', context = {}) {
      const page = await stage.open('/sign-in', context);
      await page.getByRole('button', { name: 'Continue as the development owner' }).click();
      await page.getByRole('heading', { name: 'Welcome, Developer' }).waitFor();
      if (path !== '/') await page.goto(url + path);
      return page;
    },
    async send(body) {
      const answer = await fetch(`${url}/v1/notify`, {
        method: 'POST',
        headers: { authorization: `Bearer ${DEV_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const accepted = (await answer.json()) as { id: string };
      if (answer.status !== 202) throw new Error(`not sent: ${JSON.stringify(accepted)}`);
      return accepted.id;
    },
    async mailTo(address) {
      const answer = (await (await fetch(`${url}/dev/mailbox`)).json()) as { mails: { to: string; text: string }[] };
      return answer.mails.find((mail) => mail.to === address)?.text ?? '';
    },
    async close() {
      await browser.close();
      await server.stop();
      await place.remove();
    },
  };
  return stage;
}

/** What axe finds wrong with the page as it stands. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };
    };
    const found = await axe.run();
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    );
  });
}
