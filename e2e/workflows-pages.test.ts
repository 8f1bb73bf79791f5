import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { DEV_KEY } from '../bench/process.ts';
import { type DashboardStage, openDashboardStage, violations } from './dashboard.stage.ts';

let stage: DashboardStage;
beforeAll(async () => {
  stage = await openDashboardStage();
});
afterEach(async () => {
  await Promise.all(stage.browser.contexts().map((context) => context.close()));
  const [error] = stage.errors.splice(0);
  if (error) throw new Error(error);
});
afterAll(() => stage.close());

/** What is wrong with the page as it stands: for assistive technology, and for a narrow screen. */
async function faults(page: Page): Promise<string[]> {
  await page.locator('h1').first().waitFor();
  await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count()).toBe(0);
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return [...(await violations(page)), ...(tooWide > 0 ? [`${tooWide} px too wide`] : [])];
}

async function call(method: string, path: string, body?: object) {
  const answer = await fetch(`${stage.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${DEV_KEY}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const said = await answer.json();
  if (answer.status >= 400) throw new Error(JSON.stringify(said));
  return said;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const dialog = (page: Page) => page.getByRole('dialog');
const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();

it('installs a ready-made workflow, changes a step, publishes with the difference, and goes back', async () => {
  const page = await stage.asOwner('/workflows');
  await page.getByRole('link', { name: 'New workflow' }).click();
  await page.getByRole('link', { name: /^Welcome/ }).click();
  await page.getByText('user.joined', { exact: true }).waitFor();
  await page
    .getByRole('heading', { name: 'Welcome, Ada Lovelace' })
    .or(page.locator('iframe').first())
    .first()
    .waitFor();
  expect(await faults(page)).toEqual([]);
  await button(page, 'Install').click();
  await page.waitForURL('**/workflows/welcome');
  await page.getByText('Live, version 1').waitFor();

  // By keyboard alone: to the last step, a copy of it, up out of its lane, deleted, and brought back.
  await page.locator('[data-step="inbox"]').focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Control+d', 'Alt+ArrowLeft', 'Delete'])
    await page.keyboard.press(key);
  await expect.poll(() => page.locator('[data-step="reminder-2"]').count()).toBe(0);
  await button(page, 'Undo').click();
  await page.locator('[data-step="reminder-2"]').waitFor();
  expect(
    await page.locator('[data-step]').evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.step)),
  ).toEqual(['inbox', 'mail', 'started', 'done', 'reminder', 'reminder-2']);
  await page.locator('[data-step="reminder-2"]').focus();
  await page.keyboard.press('Delete');

  await page.getByRole('button', { name: 'Wait for an event started' }).click();
  await page.waitForURL('**step=started');
  await page.getByLabel('At most', { exact: true }).fill('3');
  await button(page, 'Add a step at the end').last().click();
  await page.getByRole('menuitem', { name: /^Inbox/ }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('You are still with us');
  await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
  expect(await faults(page)).toEqual([]);

  await button(page, 'Publish').click();
  await dialog(page).getByText('Step started: timeout changed').waitFor();
  await dialog(page).getByText('Inbox inbox-2 added').waitFor();
  await dialog(page).getByLabel('What is new').fill('A third day');
  await dialog(page).getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Live, version 2').waitFor();

  await tab(page, 'Versions');
  await page.getByRole('button', { name: /^Version 2.*A third day/ }).waitFor();
  await page.getByRole('button', { name: /^Version 1/ }).click();
  await button(page, 'Roll back to this').click();
  await dialog(page).getByRole('button', { name: 'Roll back' }).click();
  await page.getByRole('button', { name: /^Version 3.*Live/ }).waitFor();
  expect(await faults(page)).toEqual([]);
  await tab(page, 'Steps');
  await expect.poll(() => page.locator('[data-step="inbox-2"]').count()).toBe(0);
});

it('marks what is wrong at its step, keeps what cannot be saved, rehearses and replays', async () => {
  const page = await stage.asOwner('/workflows/new');
  await button(page, 'Begin blank').click();
  await dialog(page).getByLabel('Name').fill('Bestellung übermittelt');
  await dialog(page).getByLabel('Starts with the event').fill('order.sent');
  await button(page, 'Create draft').click();
  await page.waitForURL('**/workflows/bestellung-ubermittelt');
  await page.locator('[data-step="inbox"]').click();
  await page.getByRole('textbox', { name: 'Title' }).fill('{{ payload.name');
  await page.getByRole('button', { name: 'Inbox inbox, has a problem' }).waitFor();
  expect(await button(page, 'Publish').isDisabled()).toBe(true);
  await page.getByRole('textbox', { name: 'Title' }).fill('{{ payload.name }} ist unterwegs');
  await button(page, 'Add a condition').click();
  await page.getByLabel('What, condition 1', { exact: true }).fill('payload.total');
  await page.getByLabel('How, condition 1').click();
  await page.getByRole('option', { name: 'is more than' }).click();
  await page.getByLabel('With what, condition 1').fill('10');
  await page.getByText('Only if payload.total is more than 10').waitFor();
  await page.getByText('JSON', { exact: true }).click();
  await expect.poll(() => page.getByRole('textbox', { name: /as JSON/ }).inputValue()).toContain('payload.total');
  expect(await faults(page)).toEqual([]);

  await tab(page, 'Test');
  await page.getByRole('combobox', { name: 'For whom' }).fill('ada');
  await page.getByRole('option', { name: /ada/ }).first().click();
  await page.getByRole('textbox', { name: 'Payload' }).fill('{ "name": "Paket", "total": 20 }');
  await button(page, 'Rehearse').click();
  await page.getByRole('article').getByText('Paket ist unterwegs').waitFor();
  await page.getByRole('textbox', { name: 'Payload' }).fill('{ "name": "Paket", "total": 5 }');
  await button(page, 'Rehearse').click();
  await page.getByText('The condition of the step was not met').first().waitFor();
  expect(await faults(page)).toEqual([]);

  await call('POST', '/v1/workflows/bestellung-ubermittelt/publish', {});
  await call('POST', '/v1/events', { name: 'order.sent', to: 'ada', payload: { name: 'Paket', total: 20 } });
  await expect
    .poll(async () => (await call('GET', '/v1/runs?workflow=bestellung-ubermittelt&state=done')).items.length)
    .toBe(1);
  await page.reload();
  await tab(page, 'Steps');
  await page.locator('[data-step="inbox"]').click();
  await page.getByLabel('With what, condition 1').fill('100');
  await tab(page, 'Replay');
  await button(page, 'Replay').click();
  await page.getByRole('heading', { name: /Would hear nothing any more/ }).waitFor();
  await page.getByRole('link', { name: 'ada' }).waitFor();
  expect(await faults(page)).toEqual([]);
});

it('follows a run while it goes on, cancels it, and cancels many by what they have in common', async () => {
  await call('PUT', '/v1/workflows/order', {
    name: 'طلب جديد',
    trigger: { event: 'order.placed' },
    steps: [
      { id: 'bell', type: 'in_app', title: 'طلبك في الطريق {{ payload.n }}' },
      {
        id: 'paid',
        type: 'wait',
        timeout: '1d',
        events: [{ event: 'order.paid', steps: [{ id: 'thanks', type: 'in_app', title: 'Thanks' }] }],
      },
      { id: 'later', type: 'delay', for: '2d' },
    ],
  });
  await call('POST', '/v1/workflows/order/publish', {});
  const page = await stage.asOwner('/runs?workflow=order', {
    colorScheme: 'dark',
    viewport: { width: 375, height: 800 },
  });
  await page.getByText('Nothing fits these filters').waitFor();
  const place = (to: string) =>
    call('POST', '/v1/events', { name: 'order.placed', to, cancelKey: 'order 7', payload: { n: 1 } });
  await place('ada');
  await button(page, '1 new').click();
  await page.getByRole('link', { name: 'ada' }).click();
  await page.getByText('Waits for order.paid', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'طلبك في الطريق 1' }).waitFor();
  expect(await faults(page)).toEqual([]);

  await call('POST', '/v1/events', { name: 'order.paid', to: 'ada' });
  await page.getByText('The event order.paid came.').waitFor();
  await page.getByRole('link', { name: 'Thanks' }).waitFor();
  await page.getByText('Waits at later').or(page.getByText('The run waits until')).first().waitFor();
  await button(page, 'Cancel').click();
  await button(page, 'Cancel the run').click();
  await page.getByText('It was cancelled by').waitFor();

  await place('grace');
  await place('linus');
  await page.goto(`${stage.url}/runs?key=order+7`);
  await page.getByRole('link', { name: 'linus' }).waitFor();
  await button(page, 'Cancel many…').click();
  await button(page, 'Cancel them all').click();
  await page.getByText('2 runs cancelled').waitFor();
  await expect.poll(() => page.getByText('Cancelled', { exact: true }).count()).toBeGreaterThanOrEqual(3);
  expect(await faults(page)).toEqual([]);

  await call('PUT', '/v1/workflows/daily', {
    name: 'Daily',
    steps: [
      { id: 'collect', type: 'digest', window: '1d' },
      { id: 'bell', type: 'in_app', title: '{{ digest.count }} new' },
    ],
  });
  await call('POST', '/v1/workflows/daily/publish', {});
  await call('POST', '/v1/workflows/daily/trigger', { to: 'ada' });
  await page.goto(`${stage.url}/runs?workflow=daily`);
  await page.getByRole('link', { name: 'ada' }).click();
  await button(page, 'End').click();
  await page.getByText('The digest closed with 1 event.').waitFor();
  await page.getByRole('link', { name: '1 new' }).waitFor();

  await page.goto(`${stage.url}/workflows/order`);
  await page.locator('[data-step="paid"]').click();
  await dialog(page).getByLabel('At most', { exact: true }).waitFor();
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await tab(page, 'Trigger');
  await button(page, 'Make an address').click();
  await dialog(page).getByLabel('Name').fill('Shop');
  await button(page, 'Make address').click();
  await dialog(page).getByText('/v1/hooks/').waitFor();
  await button(page, 'I have copied it').click();
  await page.getByText('Not signed').waitFor();
  expect(await faults(page)).toEqual([]);
});

it('promotes from the sandbox after showing what changes, and lets members look without touching', async () => {
  const { page } = await stage.signUp('Selma');
  await page.goto(`${stage.url}/settings?tab=workspace`);
  await button(page, 'Create a sandbox').click();
  await button(page, 'Open the sandbox').click();
  await page.getByRole('button', { name: /Workspace.*Sandbox/ }).waitFor();
  await page.goto(`${stage.url}/workflows`);
  await page.getByText('No workflows yet').waitFor();
  expect(await faults(page)).toEqual([]);
  await page.goto(`${stage.url}/workflows/new`);
  await button(page, 'Begin blank').click();
  await dialog(page).getByLabel('Name').fill('Order shipped');
  await button(page, 'Create draft').click();
  await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
  await button(page, 'Publish').click();
  await dialog(page).getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Live, version 1').waitFor();
  await page.getByRole('button', { name: /Workspace.*Sandbox/ }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Selma’s workspace' }).first().click();
  await page.getByRole('heading', { name: 'Welcome, Selma' }).waitFor();

  await page.getByRole('navigation').getByRole('link', { name: 'Workflows' }).click();
  await button(page, 'From the sandbox…').click();
  await dialog(page).getByText('order-shipped').waitFor();
  await dialog(page).getByText('New here').waitFor();
  expect(await faults(page)).toEqual([]);
  await button(page, 'Publish one workflow').click();
  await page.getByRole('link', { name: 'Order shipped' }).waitFor();
  await button(page, 'From the sandbox…').click();
  await dialog(page).getByText('Everything is the same here already').waitFor();

  await page.goto(`${stage.url}/members?panel=invite`);
  await dialog(page).getByLabel('E-mail').fill('mika@example.com');
  await button(page, 'Send invitation').click();
  await expect.poll(() => stage.mailTo('mika@example.com')).toContain('/invitations/');
  const link = /http\S+invitations\S+/.exec(await stage.mailTo('mika@example.com'))?.[0] ?? '';
  const member = await stage.open(new URL(link).pathname);
  await member.getByLabel('Your name').fill('Mika');
  await member.getByLabel('Password').fill('correct horse battery');
  await button(member, 'Create account and join').click();
  await member.getByRole('heading', { name: 'Welcome, Mika' }).waitFor();
  await member.goto(`${stage.url}/workflows/order-shipped?step=inbox`);
  await member.getByText('Your role can look at it, not change it').waitFor();
  expect(await member.getByRole('textbox', { name: 'Title' }).isDisabled()).toBe(true);
  expect(await button(member, 'Publish').count()).toBe(0);
  await member.locator('[data-step="inbox"]').focus();
  await member.keyboard.press('Delete');
  expect(await member.locator('[data-step="inbox"]').count()).toBe(1);
  expect(await faults(member)).toEqual([]);
});
