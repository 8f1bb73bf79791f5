import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

const badge = (page: Page) => page.locator('.ps-bell-button .ps-badge');
const dialog = (page: Page) => page.getByRole('dialog');

describe('getting in', () => {
  it('makes an account with a workspace, keeps the session over a reload, and signs out', async () => {
    const { page } = await stage.signUp('Olga');
    await expect.poll(() => page.getByRole('button', { name: /Workspace Olga’s workspace/ }).count()).toBe(1);
    await page.reload();
    await page.getByRole('heading', { name: 'Welcome, Olga' }).waitFor();
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in*');
    await page.goto(`${stage.url}/users`);
    await page.waitForURL('**/sign-in?to=%2Fusers');
  });

  it('says at the field what is wrong, and leads back to where one wanted to go', async () => {
    const { page: first, email } = await stage.signUp('Ines');
    await first.context().close();
    const page = await stage.open('/topics');
    await page.waitForURL('**/sign-in?to=%2Ftopics');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Enter an e-mail address such as ada@example.com').waitFor();
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill('not the password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('E-mail or password is wrong').waitFor();
    await page.getByLabel('Password').fill('correct horse battery');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/topics');
  });

  it('chooses a new password by the link in the mail', async () => {
    const { page: first, email } = await stage.signUp('Rosa');
    await first.context().close();
    const page = await stage.open('/forgot-password');
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('a mail is on its way').waitFor();
    const link = async () => /http\S+reset-password\S+/.exec(await stage.mailTo(email))?.[0] ?? '';
    await expect.poll(link).toContain('token=');
    await page.goto(await link());
    await page.getByLabel('New password').fill('staple horse correct');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill('staple horse correct');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Welcome, Rosa' }).waitFor();
  });
});

describe('publishing', () => {
  it('sends to a person with a preview, and the live page of that person rings at once', async () => {
    const live = await stage.open('/live?user=grace');
    await live.getByText('Live', { exact: true }).waitFor();
    const page = await stage.asOwner('/publish');
    await page.getByRole('combobox', { name: 'People' }).fill('grace');
    await page.getByRole('option', { name: /grace/ }).first().click();
    await page.getByLabel('Title').fill('Deploy finished');
    await page.getByLabel('Text').fill('**api** is live');
    await page.getByRole('complementary', { name: 'Preview' }).locator('strong', { hasText: 'api' }).waitFor();
    await page.getByText('Goes to 1 person').waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Publish' }).click();
    await page.waitForURL('**/notifications/ntf_*');
    await page.getByRole('heading', { name: 'Deploy finished' }).waitFor();
    await expect.poll(() => badge(live).textContent()).toBe('1');
    await live.locator('.ps-inbox').getByText('Deploy finished').first().waitFor();
  });

  it('asks before it sends to everyone, and it arrives in the sender’s own bell', async () => {
    const { page } = await stage.signUp('Erna');
    await page.getByRole('navigation').getByRole('link', { name: 'Publish' }).click();
    await page.getByText('Everyone', { exact: true }).click();
    await page.getByLabel('Title').fill('Maintenance tonight');
    await page.getByRole('banner').getByRole('button', { name: 'Publish…' }).click();
    const confirm = dialog(page);
    const send = confirm.getByRole('button', { name: 'Send to everyone' });
    expect(await send.isDisabled()).toBe(true);
    await confirm.getByRole('textbox').fill('Erna’s workspace');
    await send.click();
    await page.waitForURL('**/notifications/ntf_*');
    await expect.poll(() => badge(page).textContent()).toBe('1');
    await page.locator('.ps-bell-button').click();
    await page.getByRole('dialog').getByText('Maintenance tonight').waitFor();
  });

  it('lists what was sent, announces what is new instead of jumping, and shows who has read it', async () => {
    const id = await stage.send({ to: 'linus', title: 'Kernel is out' });
    const page = await stage.asOwner('/notifications');
    await page.getByRole('link', { name: 'Kernel is out' }).waitFor();
    await stage.send({ to: 'linus', title: 'Another kernel' });
    await page.getByRole('button', { name: '1 new' }).click();
    await page.getByRole('link', { name: 'Another kernel' }).waitFor();

    const reader = await stage.open('/live?user=linus');
    await reader.locator('.ps-item', { hasText: 'Kernel is out' }).first().waitFor();
    await page.goto(`${stage.url}/notifications/${id}`);
    await expect
      .poll(async () => (await page.reload(), await page.getByRole('tab', { name: /Seen/ }).textContent()), {
        timeout: 15_000,
      })
      .toBe('Seen1');
    await page.getByRole('tab', { name: /Seen/ }).click();
    await page.waitForURL('**tab=seen');
    await page.getByRole('link', { name: 'linus' }).waitFor();
  });

  it('retracts from every inbox', async () => {
    const id = await stage.send({ to: 'mara', title: 'Sent by mistake' });
    const reader = await stage.open('/live?user=mara');
    const item = reader.locator('.ps-inbox').getByText('Sent by mistake');
    await item.first().waitFor();
    const page = await stage.asOwner(`/notifications/${id}`);
    await page.getByRole('button', { name: 'Retract' }).click();
    await dialog(page).getByRole('button', { name: 'Retract' }).click();
    await page.getByText('Retracted', { exact: true }).waitFor();
    await expect.poll(() => item.count()).toBe(0);
  });
});

describe('people and rights', () => {
  it('invites a member, who joins with what the role allows; the owner then changes the role', async () => {
    const { page } = await stage.signUp('Petra');
    await page.goto(`${stage.url}/members?panel=invite`);
    await dialog(page).getByLabel('E-mail').fill('max@example.com');
    await dialog(page).getByRole('button', { name: 'Send invitation' }).click();
    await page.getByRole('tab', { name: 'Invitations 1' }).waitFor();

    await expect.poll(() => stage.mailTo('max@example.com')).toContain('/invitations/');
    const link = /http\S+invitations\S+/.exec(await stage.mailTo('max@example.com'))?.[0] ?? '';
    const joining = await stage.open(new URL(link).pathname);
    await joining.getByRole('heading', { name: 'Join Petra’s workspace' }).waitFor();
    await joining.getByLabel('Your name').fill('Max');
    await joining.getByLabel('Password').fill('correct horse battery');
    await joining.getByRole('button', { name: 'Create account and join' }).click();
    await joining.getByRole('heading', { name: 'Welcome, Max' }).waitFor();
    expect(await joining.getByRole('navigation').getByRole('link', { name: 'API keys' }).count()).toBe(0);
    await joining.goto(`${stage.url}/publish`);
    await joining.getByText('sending to everyone needs the permission').waitFor();
    expect(await joining.getByRole('radio', { name: 'Everyone' }).isDisabled()).toBe(true);
    await joining.goto(`${stage.url}/api-keys`);
    await joining.getByText('Your role does not include this').waitFor();

    await page.goto(`${stage.url}/members`);
    await page.getByRole('button', { name: 'Actions for Max' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Admin' }).click();
    await page.getByRole('row', { name: /Max/ }).getByText('Admin').waitFor();
    await joining.reload();
    await joining.getByText('No API keys').waitFor();
  });

  it('makes a role of its own and shows it in the matrix', async () => {
    const { page } = await stage.signUp('Rita');
    await page.goto(`${stage.url}/roles?panel=new`);
    await dialog(page).getByLabel('Name').fill('Redaktionsverantwortliche');
    await dialog(page).getByRole('checkbox', { name: 'Send to everyone in the workspace' }).click();
    await dialog(page).getByRole('button', { name: 'Create role' }).click();
    await page.getByRole('columnheader', { name: /Redaktionsverantwortliche/ }).waitFor();
  });

  it('shows the secret of an API key once; it works until it is revoked', async () => {
    const { page } = await stage.signUp('Kim');
    await page.goto(`${stage.url}/api-keys?panel=new`);
    await dialog(page).getByLabel('Name').fill('Backend');
    await dialog(page).getByRole('button', { name: 'Create key' }).click();
    const secret = (await dialog(page).getByTestId('secret').textContent())?.trim() ?? '';
    expect(secret).toMatch(/^sk_/);
    const notify = () =>
      fetch(`${stage.url}/v1/notify`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: '{"to":"ada","title":"Hi"}',
      });
    expect((await notify()).status).toBe(202);
    await dialog(page).getByRole('button', { name: 'I have stored it' }).click();
    await page.reload();
    await page.getByRole('row', { name: /Backend/ }).waitFor();
    expect(await page.content()).not.toContain(secret);
    await page.getByRole('button', { name: 'Actions for Backend' }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await dialog(page).getByRole('textbox').fill('Backend');
    await dialog(page).getByRole('button', { name: 'Revoke key' }).click();
    await page.getByText('Revoked', { exact: true }).waitFor();
    expect((await notify()).status).toBe(401);
  });

  it('keeps what belongs to one workspace out of another', async () => {
    const { page } = await stage.signUp('Wanda');
    await page.goto(`${stage.url}/users?panel=new`);
    await dialog(page).getByLabel('Id').fill('only-here');
    await dialog(page).getByRole('button', { name: 'Add user' }).click();
    await page.waitForURL('**/users/only-here');
    await page.goto(`${stage.url}/settings`);
    await page.getByRole('button', { name: 'Create a sandbox' }).click();
    await page.getByRole('button', { name: 'Open the sandbox' }).click();
    await page.getByRole('button', { name: /Workspace.*Sandbox/ }).waitFor();
    await page.goto(`${stage.url}/users`);
    await page.getByRole('button', { name: /Workspace.*Sandbox/ }).waitFor();
    await page.getByRole('table').or(page.getByText('No users yet')).waitFor();
    expect(await page.getByText('only-here').count()).toBe(0);
  });
});

describe('the theme', () => {
  it('follows the system until somebody chooses, and then stays chosen', async () => {
    const page = await stage.asOwner('/', { colorScheme: 'light' });
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Light' }).click();
    expect(await background()).toBe(light);
    await page.reload();
    await page.getByRole('heading', { name: 'Welcome, Developer' }).waitFor();
    expect(await background()).toBe(light);
  });
});

describe('by keyboard', () => {
  it('goes anywhere from the palette, and closes what it opens', async () => {
    const page = await stage.asOwner();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /Search/ }).waitFor();
    await page.keyboard.type('audit');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/audit');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('add a user');
    await page.keyboard.press('Enter');
    await dialog(page).getByLabel('Id').waitFor();
    await page.keyboard.type('tab-and-enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Tabea');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/users/tab-and-enter');
    await page.getByRole('heading', { name: 'Tabea' }).waitFor();
    await page.goto(`${stage.url}/users?panel=new`);
    await dialog(page).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.search.includes('panel'));
  });

  it('skips to the content with the first press of Tab', async () => {
    const page = await stage.asOwner('/users');
    await page.getByRole('heading', { name: 'Users' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
  });
});

const OUTSIDE = [
  '/sign-in',
  '/sign-up',
  '/forgot-password',
  '/reset-password?token=abc',
  '/verify-email',
  '/invitations/unknown',
  '/live?user=ada',
];
const INSIDE = [
  '/',
  '/publish',
  '/notifications',
  '/inbox',
  '/users',
  '/users/ada',
  '/users?panel=new',
  '/topics',
  '/topics?panel=new',
  '/topics/releases',
  '/members',
  '/members?tab=invitations',
  '/members?panel=invite',
  '/roles',
  '/roles?panel=new',
  '/api-keys',
  '/api-keys?panel=new',
  '/audit',
  '/settings',
  '/settings?tab=profile',
  '/settings?tab=sessions',
  '/mailbox',
  '/streams',
  '/streams/events',
  '/streams/send',
  '/catalog',
  '/catalog?panel=new',
  '/workspaces/new',
];

describe.each([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 320 },
] as const)('every page in $colorScheme at $width px', ({ colorScheme, width }) => {
  it('has nothing that axe complains about, and nothing wider than the screen', async () => {
    await stage.send({
      to: 'ada',
      title: 'Die Datenschutz-Grundverordnungskonformitätserklärung wartet auf Ihre Unterschrift',
      body: '- eins\n- **zwei**',
    });
    const id = await stage.send({
      to: { everyone: true },
      title: 'For all',
      priority: 'critical',
      actions: [{ id: 'ok', label: 'Understood' }],
    });
    const context = { colorScheme, viewport: { width, height: 800 } };
    const found: Record<string, unknown> = {};
    const page = await stage.open('/sign-up', context);
    const look = async (path: string) => {
      await page.goto(stage.url + path);
      await page.locator('h1').first().waitFor();
      await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count()).toBe(0);
      const wrong = await violations(page);
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wrong.length > 0 || tooWide > 0) found[path] = { wrong, tooWide };
    };
    for (const path of OUTSIDE) await look(path);
    await page.goto(`${stage.url}/sign-in`);
    await page.getByRole('button', { name: 'Continue as the development owner' }).click();
    await page.getByRole('heading', { name: 'Welcome, Developer' }).waitFor();
    for (const path of [...INSIDE, `/notifications/${id}`]) await look(path);
    expect(found).toEqual({});
  }, 240_000);
});
