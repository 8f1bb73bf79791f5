import { expect, it } from 'vitest';
import { PulseStackError } from './error.ts';
import type { Http } from './http.ts';
import { createPreferences } from './preferences.ts';
import type { Preferences, PreferencesPatch } from './types.ts';

const value = (enabled: boolean) => ({ enabled, forced: false, decidedBy: 'product_default' as const });
const CHANNELS = ['in_app', 'email', 'sms', 'push', 'whatsapp', 'chat', 'webhook'] as const;

function preferences(email: boolean): Preferences {
  const channels = Object.fromEntries(
    CHANNELS.map((channel) => [channel, value(channel !== 'email' || email)]),
  ) as Preferences['categories'][number]['channels'];
  return {
    userId: 'ada',
    timeZone: 'UTC',
    locale: 'en',
    all: null,
    channels: {},
    categories: [
      {
        key: 'news',
        name: 'News',
        description: '',
        critical: false,
        digestible: true,
        cadence: { every: 'instant' },
        snoozedUntil: null,
        consent: null,
        channels,
      },
    ],
    workflows: [],
    quietHours: [],
    quietHoursDecidedBy: 'workspace_default',
    doNotDisturb: null,
    updatedAt: null,
  };
}

/** A server whose answers the test gives when it likes. */
function server() {
  const patches: { patch: PreferencesPatch; answer(preferences: Preferences): void; refuse(): void }[] = [];
  let reads = 0;
  const http: Http = {
    get: async () => {
      reads += 1;
      return preferences(true) as never;
    },
    patch: (_path, call) =>
      new Promise((resolve, reject) => {
        patches.push({
          patch: call?.body as PreferencesPatch,
          answer: (answer) => resolve(answer as never),
          refuse: () => reject(new PulseStackError('preferences.forced', 'No.', { status: 409 })),
        });
      }),
    post: () => Promise.reject(new Error('not used')),
    delete: () => Promise.reject(new Error('not used')),
    sendAndForget: () => undefined,
  };
  return { http, patches, reads: () => reads };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('asks for nothing before somebody looks, and then once', async () => {
  const { http, reads } = server();
  const store = createPreferences({ http, retain: () => () => undefined });
  expect(reads()).toBe(0);
  const [stop, stopOther] = [store.subscribe(() => undefined), store.subscribe(() => undefined)];
  await turn();
  expect(reads()).toBe(1);
  expect(store.getSnapshot().preferences?.userId).toBe('ada');
  stop();
  stopOther();
});

it('shows a change at once, and takes it back when it is refused', async () => {
  const { http, patches } = server();
  const store = createPreferences({ http, retain: () => () => undefined });
  store.subscribe(() => undefined);
  await turn();
  const email = () => store.getSnapshot().preferences?.categories[0]?.channels.email.enabled;
  const changed = store.setChannel('news', 'email', false);
  expect([email(), store.getSnapshot().saving]).toEqual([false, true]);
  await turn();
  expect(patches[0]?.patch).toEqual({ categories: { news: { channels: { email: false } } } });
  patches[0]?.refuse();
  await changed;
  expect([email(), store.getSnapshot().saving, store.getSnapshot().error?.code]).toEqual([
    true,
    false,
    'preferences.forced',
  ]);
});

it('sends one change after the other, and shows the later while the earlier is answered', async () => {
  const { http, patches } = server();
  const store = createPreferences({ http, retain: () => () => undefined });
  store.subscribe(() => undefined);
  await turn();
  const both = [store.setChannel('news', 'email', false), store.setCadence('news', { every: 'hourly' })];
  await turn();
  expect(patches).toHaveLength(1);
  patches[0]?.answer(preferences(false));
  await turn();
  expect(store.getSnapshot().preferences?.categories[0]?.cadence).toEqual({ every: 'hourly' });
  patches[1]?.answer(preferences(false));
  await Promise.all(both);
  expect(store.getSnapshot().preferences?.categories[0]?.cadence).toEqual({ every: 'instant' });
});

it('looks again when they were changed elsewhere, and not for what it changed itself', async () => {
  const { http, patches, reads } = server();
  const store = createPreferences({ http, retain: () => () => undefined });
  store.subscribe(() => undefined);
  await turn();
  store.hear();
  await turn();
  expect(reads()).toBe(2);
  const changed = store.setEverything(false);
  await turn();
  store.hear();
  patches[0]?.answer(preferences(true));
  await changed;
  expect(reads()).toBe(2);
});
