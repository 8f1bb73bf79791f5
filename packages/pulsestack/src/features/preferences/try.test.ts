import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../testing/index.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp({ timers: false });
});
afterAll(() => app.close());

const ask = async (what: string, body: object) => (await app.call('POST', `/v1/try/${what}`, { body })).body;

it('says when a schedule fires next, by the clock of its zone', async () => {
  const daily = await ask('schedule', {
    when: { every: 'daily', at: '02:30' },
    timeZone: 'America/New_York',
    after: '2026-03-07T12:00:00.000Z',
    count: 2,
  });
  expect(daily.fires).toEqual([
    { at: '2026-03-08T07:30:00.000Z', local: '2026-03-08 03:30' },
    { at: '2026-03-09T06:30:00.000Z', local: '2026-03-09 02:30' },
  ]);
  const cron = { when: { every: 'cron', cron: '0 9 * * 1-5' }, timeZone: 'Asia/Kolkata', count: 1 };
  expect((await ask('schedule', cron)).fires[0].local).toBe('2026-06-16 09:00');
  const over = { when: { every: 'once', at: '2020-01-01T00:00' } };
  expect((await ask('schedule', over)).fires).toEqual([]);
  expect((await ask('schedule', { when: { every: 'cron', cron: 'x x x x x' } })).code).toBe('schedule.invalid');
});

it('says whether it is quiet, and until when', async () => {
  const night = { quietHours: [{ start: '22:00', end: '07:00' }], timeZone: 'Europe/Berlin' };
  expect(await ask('quiet-hours', { ...night, at: '2026-11-20T22:30:00.000Z' })).toEqual({
    quiet: true,
    mode: 'hold',
    until: '2026-11-21T06:00:00.000Z',
    local: '2026-11-21 07:00',
  });
  expect((await ask('quiet-hours', { ...night, at: '2026-11-20T12:00:00.000Z' })).quiet).toBe(false);
  expect((await ask('quiet-hours', { ...night, at: '2026-11-20T22:30:00.000Z', channel: 'in_app' })).quiet).toBe(false);
});

it('says in which digest an event would be', async () => {
  const cadence = { every: 'daily', at: '09:00' };
  expect(await ask('digest', { cadence, timeZone: 'Asia/Kolkata', at: '2026-06-15T03:30:00.000Z' })).toEqual({
    digest: true,
    until: '2026-06-15T03:30:00.000Z',
    local: '2026-06-15 09:00',
  });
  expect((await ask('digest', { cadence: { every: 'instant' } })).digest).toBe(false);
});

it('says what would become of a message, from what it is given and nothing else', async () => {
  await app.call('PUT', '/v1/preferences/defaults', { body: { forced: { email: false } } });
  const given = {
    message: { channel: 'email', address: 'ada@example.com', category: 'news' },
    categories: { news: { name: 'News' } },
  };
  expect((await ask('preferences', given)).outcome).toBe('send');
  const off = { ...given, choices: { categories: { news: { channels: { email: false } } } } };
  expect(await ask('preferences', off)).toMatchObject({ outcome: 'skip', code: 'preference.user_category' });
  expect(await ask('preferences', { ...off, suppressed: 'bounced' })).toMatchObject({ code: 'suppression.bounced' });
});
