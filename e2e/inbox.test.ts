import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hubs } from '../packages/pulsestack/src/features/streams/index.ts';
import { type InboxStage, openInboxStage } from './inbox.stage.ts';

let stage: InboxStage;
beforeAll(async () => {
  stage = await openInboxStage();
});
afterEach(async () => {
  if (stage.errors[0]) throw stage.errors[0];
  await Promise.all(stage.browser.contexts().map((context) => context.close()));
});
afterAll(() => stage.close());

const POLL = { timeout: 10_000 };
const phone = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

describe('the bell', () => {
  it('shows what is sent the moment it is sent, and says its exact number', async () => {
    const { page, send } = await stage.open();
    await expect.poll(() => bellName(page), POLL).toBe('Notifications');
    await untilCounted(page);
    await send({ title: 'Deploy finished', body: '**api** is live' });
    await expect.poll(() => badge(page), POLL).toBe('1');
    expect(await bellName(page)).toBe('Notifications, 1 unread');
    expect(await page.locator('.ps-toast').innerText()).toContain('Deploy finished');
    await expect
      .poll(() => page.locator('output').allInnerTexts(), POLL)
      .toContain('New notification: Deploy finished');
  });

  it('shows 99+ beyond two digits and says the number all the same', async () => {
    const { page } = await stage.open({ before: numbered(101) });
    await expect.poll(() => badge(page), POLL).toBe('99+');
    expect(await bellName(page)).toBe('Notifications, 101 unread');
  });

  it('counts a broadcast exactly, and takes it away when it is retracted', async () => {
    const { page } = await stage.open({ before: numbered(2) });
    await untilCounted(page);
    const sent = await stage.app.call('POST', '/v1/notify', {
      body: { to: { everyone: true }, title: 'Maintenance on Sunday' },
    });
    await expect.poll(() => bellName(page), POLL).toBe('Notifications, 3 unread');
    await stage.app.call('DELETE', `/v1/notifications/${sent.body.id}`);
    await expect.poll(() => bellName(page), POLL).toBe('Notifications, 2 unread');
  });
});

describe('the list', () => {
  it('reads at once, in this tab and in every other, and what is read leaves Unread', async () => {
    const { page, user } = await stage.open({ before: numbered(3) });
    const other = await stage.again(user);
    await openInbox(page);
    await openInbox(other);
    await other.getByRole('tab', { name: /Unread/ }).click();
    await expect.poll(() => titles(other), POLL).toEqual(['Number 3', 'Number 2', 'Number 1']);
    await page.getByRole('button', { name: 'Number 2' }).click();
    await expect.poll(() => bellName(page), POLL).toBe('Notifications, 2 unread');
    await expect.poll(() => titles(other), POLL).toEqual(['Number 3', 'Number 1']);
    await expect.poll(() => bellName(other), POLL).toBe('Notifications, 2 unread');
  });

  it('takes back what the server refuses, and says so', async () => {
    const { page } = await stage.open({ before: numbered(2) });
    await openInbox(page);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/v1/inbox/*/read', async (route) => {
      await held;
      await route.fulfill({
        status: 503,
        contentType: 'application/json',
        body: JSON.stringify({ code: 'server.unavailable', status: 503, title: 'Not now' }),
      });
    });
    await page.getByRole('button', { name: 'Number 2' }).click();
    await expect.poll(() => bellName(page), POLL).toBe('Notifications, 1 unread');
    expect(await page.locator('.ps-item[data-unread]').count()).toBe(1);
    release();
    await expect.poll(() => bellName(page), POLL).toBe('Notifications, 2 unread');
    expect(await page.locator('.ps-item[data-unread]').count()).toBe(2);
    expect(await page.locator('.ps-notice').innerText()).toContain('taken back');
  });

  it('brings back what was deleted, where it was', async () => {
    const { page, user } = await stage.open({ before: numbered(3) });
    await openInbox(page);
    const row = page.locator('.ps-item', { hasText: 'Number 2' });
    await row.hover();
    await row.getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => titles(page), POLL).toEqual(['Number 3', 'Number 1']);
    await expect.poll(() => bellName(page), POLL).toBe('Notifications, 2 unread');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => titles(page), POLL).toEqual(['Number 3', 'Number 2', 'Number 1']);
    await expect.poll(() => bellName(page), POLL).toBe('Notifications, 3 unread');
    await expect.poll(() => serverTitles(user), POLL).toEqual(['Number 3', 'Number 2', 'Number 1']);
  });

  it('scrolls through 120 items, each once', async () => {
    const { page } = await stage.open({ before: numbered(120) });
    await openInbox(page);
    await expect
      .poll(async () => {
        await page.locator('.ps-scroll').evaluate((list) => list.scrollTo(0, list.scrollHeight));
        return page.locator('.ps-item').count();
      }, POLL)
      .toBe(120);
    const shown = await titles(page);
    expect(new Set(shown).size).toBe(120);
    expect(shown[0]).toBe('Number 120');
    expect(shown.at(-1)).toBe('Number 1');
    expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0);
  });

  it('announces what arrives while it is scrolled instead of moving', async () => {
    const { page, send } = await stage.open({ before: numbered(20) });
    await openInbox(page);
    await scrollList(page, 300);
    const before = await page.locator('.ps-item').first().innerText();
    await send({ title: 'First of two' });
    await send({ title: 'Second of two' });
    await page.getByRole('button', { name: '2 new' }).waitFor();
    expect(await page.locator('.ps-item').first().innerText()).toBe(before);
    await page.getByRole('button', { name: '2 new' }).click();
    await expect
      .poll(() => titles(page).then((all) => all.slice(0, 2)), POLL)
      .toEqual(['Second of two', 'First of two']);
  });

  it('marks everything read, and takes that back', async () => {
    const { page } = await stage.open({ before: numbered(4) });
    await openInbox(page);
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await expect.poll(() => bellName(page), POLL).toBe('Notifications');
    expect(await page.locator('.ps-item[data-unread]').count()).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => bellName(page), POLL).toBe('Notifications, 4 unread');
    await expect.poll(() => page.locator('.ps-item[data-unread]').count(), POLL).toBe(4);
  });

  it('moves what is archived, and snoozes until tomorrow morning', async () => {
    const { page } = await stage.open({ before: numbered(3) });
    await openInbox(page);
    const archived = page.locator('.ps-item', { hasText: 'Number 1' });
    await archived.hover();
    await archived.getByRole('button', { name: 'Archive' }).click();
    const snoozed = page.locator('.ps-item', { hasText: 'Number 2' });
    await snoozed.hover();
    await snoozed.getByRole('button', { name: 'Snooze' }).click();
    await page.getByRole('menuitem', { name: /Tomorrow morning/ }).click();
    await expect.poll(() => titles(page), POLL).toEqual(['Number 3']);
    await expect.poll(() => bellName(page), POLL).toBe('Notifications, 1 unread');
    await page.getByRole('tab', { name: 'Archived' }).click();
    await expect.poll(() => titles(page), POLL).toEqual(['Number 1']);
  });

  it('filters by category and finds words, marked where they stand', async () => {
    const { page } = await stage.open({
      before: [
        { title: 'Invoice due', body: 'Pay **soon** please', category: 'billing' },
        { title: 'Deploy finished', body: 'api', category: 'deploys' },
      ],
    });
    await openInbox(page);
    await page.getByRole('button', { name: /Billing/ }).click();
    await expect.poll(() => titles(page), POLL).toEqual(['Invoice due']);
    await page.getByRole('button', { name: /Billing/ }).click();
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.keyboard.type('soon');
    await expect.poll(() => page.locator('.ps-body strong mark').allInnerTexts(), POLL).toEqual(['soon']);
    expect(await titles(page)).toEqual(['Invoice due']);
  });

  it('records an action once and shows which', async () => {
    const actions = [
      { id: 'approve', label: 'Approve', style: 'primary' },
      { id: 'decline', label: 'Decline' },
    ];
    const { page, user } = await stage.open({ before: [{ title: 'Merge request', actions }] });
    await openInbox(page);
    await page.getByRole('button', { name: 'Approve' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Decline' }).isDisabled(), POLL).toBe(true);
    await expect
      .poll(
        async () =>
          (await stage.app.call('GET', '/v1/inbox', { as: await stage.app.home.user(user) })).body.items[0].action?.id,
        POLL,
      )
      .toBe('approve');
  });

  it('tells the server what was on the screen', async () => {
    const { page, user } = await stage.open({ before: numbered(2) });
    await openInbox(page);
    await expect
      .poll(
        async () => (await stage.app.call('GET', '/v1/inbox/counts', { as: await stage.app.home.user(user) })).body,
        POLL,
      )
      .toMatchObject({ unread: 2, unseen: 0 });
  });

  it('tells the server even when the page is left at once', async () => {
    const { page, user } = await stage.open({ before: numbered(2) });
    await expect.poll(() => badge(page), POLL).toBe('2');
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await openInbox(page);
    await settled(page);
    await page.evaluate(
      () => new Promise<void>((seen) => new IntersectionObserver(() => seen()).observe(document.body)),
    );
    await page.goto('about:blank');
    await expect
      .poll(
        async () => (await stage.app.call('GET', '/v1/inbox/counts', { as: await stage.app.home.user(user) })).body,
        POLL,
      )
      .toMatchObject({ unread: 2, unseen: 0 });
  });

  it('loads no more than is looked at, where the page scrolls instead of the list', async () => {
    const { page, send } = await stage.open({ query: { view: 'page' }, before: numbered(120) });
    await page.addStyleTag({ content: '.demo-inbox { block-size: auto !important; }' });
    await expect.poll(() => page.locator('.ps-item').count(), POLL).toBeGreaterThanOrEqual(25);
    for (const title of ['One more', 'And another']) {
      await send({ title });
      await expect.poll(() => titles(page).then(([first]) => first), POLL).toBe(title);
    }
    expect(await page.locator('.ps-item').count()).toBe(27);
    await page.locator('.ps-more').scrollIntoViewIfNeeded();
    await expect.poll(() => page.locator('.ps-item').count(), POLL).toBe(52);
  });

  it('never runs what a notification brings', async () => {
    const { page } = await stage.open({
      before: [{ title: '<img src=x onerror=alert(1)>', body: '<script>alert(1)</script> [x](javascript:alert(1))' }],
    });
    await openInbox(page);
    await expect.poll(() => titles(page), POLL).toEqual(['<img src=x onerror=alert(1)>']);
    expect(await page.locator('.ps-item script, .ps-item img, .ps-item a[href^=javascript]').count()).toBe(0);
  });
});

describe('by keyboard alone', () => {
  it('opens, moves, reads, deletes, takes back, snoozes and closes', async () => {
    const { page } = await stage.open({ before: numbered(3) });
    await expect.poll(() => badge(page), POLL).toBe('3');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.ps-item').first().waitFor();
    await page.getByRole('tab', { name: 'All' }).focus();
    await page.keyboard.press('Tab');
    await expect.poll(() => focused(page), POLL).toContain('Number 3');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => focused(page), POLL).toContain('Number 2');
    await page.keyboard.press('u');
    await expect.poll(() => bellName(page), POLL).toBe('Notifications, 2 unread');
    await page.keyboard.press('Delete');
    await expect.poll(() => titles(page), POLL).toEqual(['Number 3', 'Number 1']);
    await expect.poll(() => focused(page), POLL).toContain('Number 1');
    await page.getByRole('button', { name: 'Undo' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => titles(page), POLL).toEqual(['Number 3', 'Number 2', 'Number 1']);
    await page.locator('[data-item-focus]').first().focus();
    for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: /In 1 hour/ }).waitFor();
    await expect.poll(() => focused(page), POLL).toContain('In 1 hour');
    await page.keyboard.press('Enter');
    await expect.poll(() => titles(page), POLL).toEqual(['Number 2', 'Number 1']);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.ps-inbox').count(), POLL).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('ps-bell-button');
  });

  it('shows where the focus is', async () => {
    const { page } = await stage.open({ before: numbered(1) });
    await expect.poll(() => badge(page), POLL).toBe('1');
    await page.keyboard.press('Tab');
    const outline = await page.locator('.ps-bell-button').evaluate((bell) => getComputedStyle(bell).outline);
    expect(outline).toMatch(/solid 2px|2px solid/);
  });
});

describe('many tabs', () => {
  it('use one connection for all of them, and miss nothing when the tab that had it is closed', async () => {
    const { page, user, send } = await stage.open();
    const streams = () => {
      const { runtime, home } = stage.app;
      return hubs
        .of(runtime)
        .connectionsOf(home.id)
        .filter(({ meta }) => meta.user === user).length;
    };
    const tabs = [page];
    while (tabs.length < 10) tabs.push(await page.context().newPage());
    for (const tab of tabs.slice(1)) await tab.goto(page.url());
    for (const tab of tabs) await untilCounted(tab);
    await send({ title: 'With all' });
    for (const tab of tabs) await expect.poll(() => bellName(tab), POLL).toBe('Notifications, 1 unread');
    await expect.poll(streams, POLL).toBe(1);
    await page.close();
    await send({ title: 'Without the first' });
    for (const tab of tabs.slice(1)) await expect.poll(() => bellName(tab), POLL).toBe('Notifications, 2 unread');
    const last = tabs.at(-1) as Page;
    await openInbox(last);
    await expect.poll(() => titles(last), POLL).toEqual(['Without the first', 'With all']);
    await expect.poll(streams, POLL).toBe(1);
  });
});

describe('sound', () => {
  it('is off until chosen, and the choice holds for this browser and its other tabs', async () => {
    const { page } = await stage.open();
    await page.locator('.ps-bell-button').click();
    const toggle = (of: Page) => of.getByRole('button', { name: 'Sound' });
    expect(await toggle(page).getAttribute('aria-pressed')).toBe('false');
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.locator('.ps-bell-button').click();
    await toggle(page).click();
    await expect.poll(() => toggle(other).getAttribute('aria-pressed'), POLL).toBe('true');
    await page.reload();
    await page.locator('.ps-bell-button').click();
    expect(await toggle(page).getAttribute('aria-pressed')).toBe('true');
  });

  it('is heard once by one of two tabs, and never for what this tab did itself', async () => {
    const { page, send } = await stage.open();
    const other = await page.context().newPage();
    const heard = async () => (await Promise.all([page, other].map(tones))).reduce((sum, count) => sum + count);
    for (const tab of [page, other]) await tab.addInitScript(countTones);
    await page.reload();
    await other.goto(page.url());
    for (const tab of [page, other]) await tab.locator('.ps-bell-button').click();
    await page.getByRole('button', { name: 'Sound' }).click();
    await expect.poll(heard, POLL).toBe(1);
    await send({ title: 'Heard once' });
    await expect.poll(heard, POLL).toBe(2);
    await page.getByRole('button', { name: 'Heard once' }).click();
    await expect.poll(() => bellName(other), POLL).toBe('Notifications');
    expect(await heard()).toBe(2);
  });
});

describe('toasts', () => {
  it('show at most three, stay while they are hovered, and go when dismissed', async () => {
    const { page, send } = await stage.open();
    await untilCounted(page);
    for (const content of numbered(4)) await send(content);
    await expect.poll(() => page.locator('.ps-toast').count(), POLL).toBe(3);
    await page.locator('.ps-toast').first().hover();
    await page.getByRole('button', { name: 'Dismiss' }).first().click();
    await expect.poll(() => page.locator('.ps-toast').count(), POLL).toBe(2);
    await page.mouse.move(0, 0);
    await expect.poll(() => page.locator('.ps-toast').count(), POLL).toBe(0);
  });

  it('leave the word to an open inbox', async () => {
    const { page, send } = await stage.open({ before: numbered(1) });
    await openInbox(page);
    await untilCounted(page);
    await send({ title: 'While you read' });
    await expect.poll(() => titles(page), POLL).toEqual(['While you read', 'Number 1']);
    expect(await page.locator('.ps-toast').count()).toBe(0);
  });
});

describe('the look', () => {
  const cases: { name: string; query: Record<string, string>; context?: typeof phone }[] = [
    { name: 'light', query: { theme: 'light' } },
    { name: 'dark', query: { theme: 'dark' } },
    { name: 'German at 320 px', query: { lang: 'de', theme: 'light' }, context: phone },
    { name: 'Arabic at 320 px, dark', query: { lang: 'ar', theme: 'dark' }, context: phone },
  ];

  it.each(cases)('is accessible and fits: $name', async ({ query, context }) => {
    const { page } = await stage.open({ query, context, before: [...varied, ...numbered(1)] });
    await page.locator('.ps-bell-button').click();
    await page.locator('.ps-item').first().waitFor();
    await settled(page);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(
      await page.locator('.ps-inbox').evaluate((inbox) => inbox.scrollWidth - inbox.clientWidth),
    ).toBeLessThanOrEqual(0);
  });

  it.each(['light', 'dark'])('has nothing to show without looking broken: %s', async (theme) => {
    const { page } = await stage.open({ query: { theme } });
    await page.locator('.ps-bell-button').click();
    await page.getByText('You are all caught up').waitFor();
    await settled(page);
    expect(await violations(page)).toEqual([]);
  });

  it('gives every control room for a thumb at 320 px', async () => {
    const { page } = await stage.open({ context: phone, before: varied });
    await page.locator('.ps-bell-button').click();
    await page.locator('.ps-item').first().waitFor();
    const small = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.ps-root button')]
        .filter(
          (button) =>
            button.checkVisibility({ visibilityProperty: true }) && !button.classList.contains('ps-stretched'),
        )
        .map((button) => {
          const room = getComputedStyle(button, '::after');
          const added = room.content === 'none' ? 0 : -2 * Math.min(0, Number.parseFloat(room.top) || 0);
          return {
            name: button.textContent || button.ariaLabel,
            height: button.getBoundingClientRect().height + added,
          };
        })
        .filter(({ height }) => Math.round(height) < 44),
    );
    expect(small).toEqual([]);
  });

  it('does not move when it is read', async () => {
    const { page } = await stage.open({ before: numbered(3) });
    await openInbox(page);
    const top = () =>
      page
        .locator('.ps-item')
        .last()
        .evaluate((item) => item.getBoundingClientRect().top);
    const atRest = () =>
      page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)).then(() => {}));
    await atRest();
    const before = await top();
    await page.getByRole('button', { name: 'Number 3' }).click();
    await expect.poll(() => page.locator('.ps-item[data-unread]').count(), POLL).toBe(2);
    await atRest();
    expect(await top()).toBe(before);
  });

  it('says what to do when it cannot be loaded, and recovers', async () => {
    const { page } = await stage.open({ before: numbered(1) });
    await expect.poll(() => badge(page), POLL).toBe('1');
    await page.route('**/v1/inbox?*', (route) =>
      route.fulfill({ status: 403, contentType: 'application/json', body: '{"code":"auth.forbidden","title":"No"}' }),
    );
    await page.locator('.ps-bell-button').click();
    await page.getByText('Notifications could not be loaded').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.unroute('**/v1/inbox?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => titles(page), POLL).toEqual(['Number 1']);
  });
});

const varied = [
  { title: 'Nightly backup completed', body: '', category: 'system' },
  { title: 'averyverylongwordwithoutanyspaces'.repeat(5), body: 'and a body '.repeat(40), category: 'deploys' },
  {
    title: 'Invoice INV-2026-0112 is due',
    body: 'The invoice over **€ 1,240.00** is due on [Friday](https://example.com).',
    category: 'billing',
    priority: 'critical',
    link: '/billing',
    actions: [
      { id: 'pay', label: 'Pay now', style: 'primary' },
      { id: 'later', label: 'Remind me in a week from now, please', style: 'danger' },
    ],
  },
];

/** A tone is two notes; the speakers of a test machine are not asked. */
function countTones(): void {
  const page = globalThis as unknown as { tones: number; AudioContext: unknown };
  page.tones = 0;
  const Real = AudioContext;
  page.AudioContext = class extends Real {
    override resume(): Promise<void> {
      page.tones += 1;
      return super.resume();
    }
  };
}

function tones(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as { tones?: number }).tones ?? 0);
}

function numbered(count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, at) => ({ title: `Number ${at + 1}` }));
}

async function openInbox(page: Page): Promise<void> {
  await page.locator('.ps-bell-button').click();
  await page.locator('.ps-item').first().waitFor();
}

/** Resolves when the page has noticed. */
async function scrollList(page: Page, top: number): Promise<void> {
  await page.locator('.ps-scroll').evaluate(
    (list, to) =>
      new Promise<void>((noticed) => {
        list.addEventListener('scroll', () => requestAnimationFrame(() => noticed()), { once: true });
        list.scrollTo(0, to);
      }),
    top,
  );
}

/** The counts are read: what is sent from here on can only arrive by the stream, and must. */
async function untilCounted(page: Page): Promise<void> {
  const isCounted = () =>
    performance.getEntriesByType('resource').some(({ name }) => name.includes('/v1/inbox/counts'));
  await expect.poll(() => page.evaluate(isCounted), POLL).toBe(true);
}

function titles(page: Page): Promise<string[]> {
  return page.locator('.ps-item [data-item-focus]').allInnerTexts();
}

async function serverTitles(user: string): Promise<string[]> {
  const { body } = await stage.app.call('GET', '/v1/inbox', { as: await stage.app.home.user(user) });
  return body.items.map((item: { title: string }) => item.title);
}

function badge(page: Page): Promise<string> {
  return page.locator('.ps-badge').innerText();
}

function bellName(page: Page): Promise<string | null> {
  return page.locator('.ps-bell-button').getAttribute('aria-label');
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent ?? '');
}

/** Contrast can only be measured once nothing is half transparent any more. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))),
  );
}

async function violations(page: Page): Promise<string[]> {
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
