import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
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

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

it('sends an event, announces it on the log, tells who received it, and sends it once more', async () => {
  const page = await stage.asOwner('/streams');
  await page
    .getByRole('button', { name: /^Disconnect / })
    .first()
    .waitFor();
  expect(await faults(page)).toEqual([]);
  const log = await page.context().newPage();
  await log.goto(`${stage.url}/streams/events?name=order.shipped`);
  await log.getByText('Nothing fits these filters').waitFor();

  await page.getByRole('tab', { name: 'Send' }).click();
  await page.waitForURL('**/streams/send');
  await page.getByRole('textbox', { name: 'Data' }).fill('{ "id": ');
  await button(page, 'Send event').click();
  await page.getByText('Enter the id of the user').waitFor();
  await page.getByText('Write it as domain.action').waitFor();
  await page.getByText('This is not JSON').waitFor();
  expect(await faults(page)).toEqual([]);
  await page.getByText('Everyone', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Event' }).fill('order.shipped');
  await page.getByRole('textbox', { name: 'Data' }).fill('{"id":"7"}');
  await page.getByRole('textbox', { name: /Tags/ }).fill('plan=pro, seats=5');
  await button(page, 'Send event').click();
  await page.getByText('is on the log').waitFor();

  await button(log, '1 new').click();
  await log.getByRole('link', { name: 'order.shipped' }).click();
  await log.waitForURL(/\/streams\/events\/\w+\.\w+$/);
  await log.getByText('plan=pro').waitFor();
  await log.getByRole('region', { name: 'Data of the event' }).getByText('"id": "7"').waitFor();
  await log.getByText('Handed over').first().waitFor();
  expect(await faults(log)).toEqual([]);
  await button(log, 'Send once more').click();
  await log.getByRole('dialog').getByRole('button', { name: 'Send once more' }).click();
  await log.goto(`${stage.url}/streams/events?name=order.shipped`);
  await expect.poll(() => log.getByRole('link', { name: 'order.shipped' }).count()).toBe(2);
});

it('declares an event, refuses what breaks its readers until it is meant, and marks the change', async () => {
  const page = await stage.asOwner('/catalog', { colorScheme: 'dark', viewport: { width: 320, height: 800 } });
  await button(page, 'Declare the first').click();
  const dialog = page.getByRole('dialog');
  const schema = dialog.getByRole('textbox', { name: 'Schema' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('invoice.paid');
  await schema.fill('{"type":"object","properties":{"id":{"$ref":"https://example.com/id"}}}');
  await button(page, 'Declare event').last().click();
  await dialog.getByText('/properties/id/$ref: must stay inside the schema').waitFor();
  await schema.fill('{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}');
  await dialog.getByRole('button', { name: 'Declare event' }).click();
  await page.waitForURL('**/catalog/invoice.paid');
  await page.getByRole('heading', { name: 'Version 1', exact: true }).waitFor();

  await page.getByRole('button', { name: 'Edit' }).click();
  await schema.fill('{"type":"object","properties":{"id":{"type":"number"}},"required":["id"]}');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.getByText('readers of this event may stumble').waitFor();
  expect(await faults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Break readers and save' }).click();
  await page.getByRole('heading', { name: 'Version 2', exact: true }).waitFor();
  await page.getByText('Breaking', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Copy Generate' }).waitFor();
  expect(await faults(page)).toEqual([]);

  await page.goto(`${stage.url}/streams/send?name=invoice.paid`);
  await page.getByText('Everyone', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Data' }).fill('{"id":"seven"}');
  await button(page, 'Send event').click();
  await page.getByText('/id: ').waitFor();
  await page.goto(`${stage.url}/catalog`);
  await page.getByRole('link', { name: 'invoice.paid' }).waitFor();
  expect(await faults(page)).toEqual([]);
});
