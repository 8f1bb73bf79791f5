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

async function api(method: string, path: string, body?: object) {
  const answer = await fetch(`${stage.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${DEV_KEY}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return answer.status === 204 ? null : ((await answer.json()) as Record<string, unknown>);
}

/** A busy machine may take its time to answer. */
const PATIENCE = { timeout: 20_000 };

/** What is wrong with the page as it stands: for assistive technology, and for a narrow screen. */
async function faults(page: Page): Promise<string[]> {
  await page.locator('h1').first().waitFor();
  await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count(), PATIENCE).toBe(0);
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return [...(await violations(page)), ...(tooWide > 0 ? [`${tooWide} px too wide`] : [])];
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

const fiveFires = (page: Page, at: RegExp) => expect.poll(() => page.getByText(at).count(), PATIENCE).toBe(5);

it('forces a channel, caps a category, and tells on the page of a user why a message was not sent', async () => {
  const page = await stage.asOwner('/preferences/categories');
  await button(page, 'New category').first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Key' }).fill('Special Offers');
  await dialog.getByRole('button', { name: 'Create category' }).click();
  await dialog.getByText('Enter a name').waitFor();
  await dialog.getByText('Use lower-case letters').waitFor();
  expect(await faults(page)).toEqual([]);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Offers');
  await dialog.getByRole('textbox', { name: 'Key' }).fill('offers');
  await dialog.getByRole('button', { name: 'Create category' }).click();
  await page.getByRole('link', { name: 'Offers' }).waitFor();

  await page.getByRole('tab', { name: 'Defaults' }).click();
  await page.waitForURL('**/preferences/defaults');
  await button(page, 'SMS for Offers: on, not set here').press('Enter');
  await page.getByRole('menuitemcheckbox', { name: 'Always off' }).press('Enter');
  await button(page, 'SMS for Offers: never').waitFor();
  expect(await faults(page)).toEqual([]);

  await page.getByRole('tab', { name: 'Caps' }).click();
  await button(page, 'New cap').click();
  await dialog.getByRole('textbox', { name: 'Key' }).fill('offers');
  await dialog.getByRole('textbox', { name: 'At most' }).fill('none');
  await dialog.getByRole('button', { name: 'Create cap' }).click();
  await dialog.getByText('Enter a whole number from 1').waitFor();
  await dialog.getByRole('textbox', { name: 'At most' }).fill('1');
  await dialog.getByRole('combobox', { name: 'Category' }).click();
  await page.getByRole('option', { name: 'Offers' }).click();
  await dialog.getByRole('combobox', { name: 'What is beyond' }).click();
  await page.getByRole('option', { name: 'Is not sent' }).click();
  await dialog.getByRole('button', { name: 'Create cap' }).click();
  await page.getByRole('heading', { name: 'New cap' }).waitFor({ state: 'detached' });
  await page.getByText('At most 1 message of offers to each user in 1 day').waitFor();
  expect(await faults(page)).toEqual([]);

  await api('PUT', '/v1/users/ada', { email: 'ada@example.com', phone: '+4366412345678', timeZone: 'Europe/Vienna' });
  await api('PUT', '/v1/workflows/offers', {
    name: 'Offers',
    category: 'offers',
    steps: [
      { id: 'text', type: 'sms', body: 'Half the price' },
      { id: 'bell', type: 'in_app', title: 'Half the price', body: 'Today' },
      { id: 'again', type: 'email', subject: 'Once more', body: 'Today' },
    ],
  });
  await api('POST', '/v1/workflows/offers/publish');
  await api('POST', '/v1/workflows/offers/trigger', { to: 'ada', payload: {} });

  const decided = async () => (await api('GET', '/v1/users/ada/messages?include=skipped'))?.items;
  await expect.poll(decided, PATIENCE).toHaveLength(3);
  await page.goto(`${stage.url}/users/ada?tab=messages`);
  await page.getByText('The workspace has turned off SMS', { exact: false }).waitFor();
  await page.getByText('Skipped').first().waitFor();
  expect(await faults(page)).toEqual([]);

  await page.getByRole('tab', { name: 'Preferences' }).click();
  const categories = page.getByRole('region', { name: 'Channels by category' });
  await categories.getByRole('button', { name: 'E-mail for Offers: on' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Off' }).click();
  await categories.getByRole('button', { name: 'E-mail for Offers: off, Chosen for the category' }).waitFor();
  await page.getByText('categories › offers › channels › email').waitFor();
  await button(page, 'Preference page').click();
  await button(page, 'Make the link').click();
  await page.getByText('/preferences?token=').waitFor();
  expect(await faults(page)).toEqual([]);
  await button(page, 'Done').click();

  await page.getByRole('tab', { name: 'Messages' }).click();
  await page.getByRole('link', { name: 'What would happen now?' }).click();
  await page.getByRole('combobox', { name: 'Category' }).fill('offers');
  await button(page, 'Explain').click();
  await page.getByText('The user has turned off e-mail', { exact: false }).waitFor();
  expect(await faults(page)).toEqual([]);
});

it('suppresses an address by hand and many from a file, says what became of each line, and lets one go', async () => {
  const page = await stage.asOwner('/suppressions', { colorScheme: 'dark', viewport: { width: 375, height: 800 } });
  await button(page, 'Add an address').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Address' }).fill('nobody');
  await dialog.getByRole('button', { name: 'Add address' }).click();
  await dialog.getByText('Enter one address').waitFor();
  await dialog.getByRole('textbox', { name: 'Address' }).fill('Grace@example.com');
  await dialog.getByRole('button', { name: 'Add address' }).click();
  await page.getByText('grace@example.com').waitFor();

  await button(page, 'Import').click();
  await dialog
    .getByRole('textbox', { name: 'Addresses' })
    .fill('grace@example.com\nhal@example.com, complained\nhal@example.com\nnot an address');
  await dialog.getByText('4 lines, 1 of them not an address').waitFor();
  await dialog.getByRole('button', { name: 'Import 3' }).click();
  await dialog.getByText('1 added, 2 known already, 1 refused').waitFor();
  expect(await faults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByText('Complained').waitFor();
  expect(await faults(page)).toEqual([]);

  await api('PUT', '/v1/users/grace', { email: 'Grace@example.com' });
  await page.goto(`${stage.url}/users/grace`);
  await page.getByText('gets no E-mail').waitFor();
  expect(await faults(page)).toEqual([]);
  await button(page, 'Take off the list').click();
  await dialog.getByRole('button', { name: 'Take off the list' }).click();
  await page.getByText('gets no E-mail').waitFor({ state: 'detached' });
});

it('schedules by the clock of each user, and shows the next fires before and after it is made', async () => {
  await api('PUT', '/v1/users/kim', { timeZone: 'Asia/Tokyo' });
  await api('PUT', '/v1/topics/news', { name: 'News' });
  const page = await stage.asOwner('/schedules', { timezoneId: 'Europe/Berlin' });
  await page.getByRole('link', { name: 'Make the first' }).click();
  await button(page, 'Create schedule').click();
  await page.getByText('Choose at least one person').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('Weekly summary');
  await page.getByRole('combobox', { name: 'When' }).click();
  await page.getByRole('option', { name: 'Every week' }).click();
  await page.getByLabel('At', { exact: true }).fill('08:00');
  await page.getByText('Each user’s own').click();
  await page.getByRole('combobox', { name: 'By the clock of' }).click();
  await page.getByRole('option', { name: 'Asia/Tokyo' }).click();
  await fiveFires(page, /^Mon .*, 08:00 UTC\+9$/);
  await page.getByText('A topic', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Topic' }).click();
  await page.getByRole('option', { name: 'News' }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Your week');
  expect(await faults(page)).toEqual([]);
  await button(page, 'Create schedule').click();

  await page.waitForURL(/\/schedules\/sch_\w+$/);
  await fiveFires(page, /^Mon .*, 08:00 UTC\+[12]$/);
  await page.getByRole('textbox', { name: 'On the clock of a user' }).fill('kim');
  await fiveFires(page, /^Mon .*, 08:00 UTC\+9$/);
  expect(await faults(page)).toEqual([]);
  await button(page, 'Pause').click();
  await page.getByText('It is paused').waitFor();
  await button(page, 'Resume').click();
  await button(page, 'More').click();
  await page.getByRole('menuitem', { name: 'Cancel for good' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel schedule' }).click();
  await page.getByText('never fires again').first().waitFor();

  await page.goto(`${stage.url}/preferences/try?what=schedule`);
  await page.getByLabel('At', { exact: true }).fill('02:30');
  await page.getByLabel(/^After/).fill('2027-03-27T12:00');
  await page.getByText('02:30 does not exist that day').waitFor();
  expect(await faults(page)).toEqual([]);
});
