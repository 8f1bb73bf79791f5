import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DashboardStage, openDashboardStage, violations } from './dashboard.stage.ts';

let stage: DashboardStage;
beforeAll(async () => {
  stage = await openDashboardStage();
});
afterEach(() => {
  const [error] = stage.errors.splice(0);
  if (error) throw new Error(error);
});
afterAll(() => stage.close());

describe('templates in the dashboard', () => {
  it('are written with the message in sight, published, changed, compared and rolled back', async () => {
    const page = await stage.asOwner('/templates');
    await page.getByRole('button', { name: 'New template' }).first().click();
    await page.getByLabel('Key').fill('order.shipped');
    await page.getByLabel('Name').fill('Order shipped');
    await page.getByRole('button', { name: 'Create template' }).click();
    const mail = page.frameLocator('iframe[title="Preview of the mail"]');
    await mail.getByRole('heading', { name: 'Hello Ada Lovelace' }).waitFor();

    await page.getByRole('textbox', { name: 'Body' }).fill('# {{ "title" | t: n: payload.n }}\n\n{{ payload.gone }}');
    await page.getByLabel('Sample data').fill('{ "n": 2 }');
    await page
      .getByLabel('Messages of this template')
      .fill(
        '{"en":{"title":"{n, plural, one {# parcel} other {# parcels}}"},"ar":{"title":"{n, plural, two {طردان} other {# طرد}}"}}',
      );
    await mail.getByRole('heading', { name: '2 parcels' }).waitFor();
    await page.getByText('Missing').waitFor();
    await page.getByRole('combobox', { name: /Language of the preview/ }).click();
    await page.getByRole('option', { name: 'Arabic' }).click();
    await mail.locator('html[dir="rtl"]').getByRole('heading', { name: 'طردان' }).waitFor();
    await page.getByText('Text', { exact: true }).click();
    await page.locator('pre', { hasText: 'طردان' }).waitFor();
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Version 1 is live').first().waitFor();
    await page.getByLabel('Subject').fill('Your parcel');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('dialog').getByText('Your parcel').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('button', { name: /Version 1/ }).click();
    await page.getByRole('button', { name: 'Publish this again' }).click();
    await page.getByRole('button', { name: 'Publish it again' }).click();
    await page.getByRole('button', { name: /Version 3.*Live/ }).waitFor();
    await page.getByText('Back to version 1').waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
