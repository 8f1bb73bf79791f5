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

  it('are written by language, shown side by side, and tried', async () => {
    const page = await stage.asOwner('/templates?panel=new');
    await page.getByLabel('Key').fill('welcome.mail');
    await page.getByRole('button', { name: 'Create template' }).click();
    await page.getByRole('button', { name: 'Add language' }).click();
    await page.getByRole('dialog').getByLabel('Language').fill('nonsense!');
    await page.getByRole('dialog').getByRole('button', { name: 'Add language' }).click();
    await page.getByText('Enter a language such as').waitFor();
    await page.getByRole('dialog').getByLabel('Language').fill('de');
    await page.getByRole('dialog').getByRole('button', { name: 'Add language' }).click();
    await page.getByText('Empty: falls back to the default.').first().waitFor();
    expect(page.url()).toContain('locale=de');
    await page.getByLabel('Subject').fill('Hallo {{ user.name }}');
    await page.getByRole('textbox', { name: 'Body' }).fill('# Guten Tag');
    const mail = page.frameLocator('iframe[title="Preview of the mail"]');
    await mail.locator('html[lang="de"]').getByRole('heading', { name: 'Guten Tag' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText('Not saved yet').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Send to me' }).click();
    await page.getByText('Sent to dev@localhost').waitFor();

    await page.getByRole('tab', { name: 'Languages' }).click();
    await page.getByText('Longer, accented and mirrored text too').click();
    const frame = (language: string) => page.frameLocator(`iframe[title="The mail in ${language}"]`);
    await frame('English').getByRole('heading', { name: 'Hello Ada Lovelace' }).waitFor();
    await frame('German').getByRole('heading', { name: 'Guten Tag' }).waitFor();
    await frame('From right to left').locator('html[dir="rtl"]').waitFor();
    await page.getByText('Dark', { exact: true }).click();
    const dark = frame('German').locator('.ps-card').first();
    await expect.poll(() => dark.evaluate((card) => getComputedStyle(card).backgroundColor)).toBe('rgb(24, 24, 27)');
    expect(await violations(page)).toEqual([]);
  });

  it('wear layouts and share partials, which say where they are used and stay while they are', async () => {
    const page = await stage.asOwner('/templates?tab=partials');
    await page.getByRole('button', { name: 'New partial' }).first().click();
    await page.getByLabel('Key').fill('signature');
    await page.getByRole('button', { name: 'Create partial' }).click();
    const mail = page.frameLocator('iframe[title="Preview of the mail"]');
    await page.getByLabel('Source').fill('Yours truly, {{ payload.by }}');
    await page.getByLabel('Sample data').fill('{ "by": "Noor" }');
    await mail.getByText('Yours truly, Noor').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved yet').waitFor({ state: 'detached' });
    await page.getByText('Nothing names it yet').waitFor();

    await page.goto(`${stage.url}/templates?tab=layouts`);
    await page.getByRole('button', { name: 'New layout' }).first().click();
    await page.getByLabel('Key').fill('letter');
    await page.getByRole('button', { name: 'Create layout' }).click();
    await mail.getByRole('heading', { name: 'Hello Ada Lovelace' }).waitFor();
    const source = page.getByLabel('Source');
    const before = await source.inputValue();
    await source.fill(before.replace('{{ content }}', ''));
    await page.getByText('a layout has {{ content }} exactly once').waitFor();
    await source.fill(before.replace('</main>', '{% render "signature" %}</main>'));
    await mail.getByText('Yours truly').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved yet').waitFor({ state: 'detached' });

    await page.goto(`${stage.url}/templates/partials/signature`);
    await page.getByRole('link', { name: 'letter' }).waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    expect(await page.getByRole('menuitem', { name: 'Delete (it is used)' }).getAttribute('aria-disabled')).toBe(
      'true',
    );
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'letter' }).click();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete layout' }).click();
    await page.getByText('Every mail wears the built-in layout').waitFor();
  });
});
