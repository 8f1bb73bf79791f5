import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadConfig } from '../config.ts';
import { type TestApp, testApp } from '../testing/index.ts';
import { simulate } from './simulate.ts';

let app: TestApp;
let said: string[];
beforeEach(async () => {
  app = await testApp({ timers: false });
  said = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void said.push(line));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await app.close();
});

it('prints what a workflow would do for a user, and when', async () => {
  const steps = [
    { id: 'hi', type: 'in_app', title: 'Hi {{ payload.name }}' },
    { id: 'd', type: 'delay', for: '3d' },
    { id: 'sms', type: 'sms', body: 'Bye' },
  ];
  await app.call('PUT', '/v1/users/ada', { body: {} });
  expect((await app.call('PUT', '/v1/workflows/hello', { body: { name: 'Hello', steps } })).status).toBe(200);
  const config = loadConfig({ PULSESTACK_URL: await app.url(), PULSESTACK_API_KEY: app.home.key });
  expect(await simulate(config, 'hello', { user: 'ada', payload: '{"name":"Ada"}' })).toBe(0);
  expect(said[0]).toBe('+  0d 00:00:00  hi (in_app): “Hi Ada” → send');
  expect(said[1]).toMatch(/^\+ {2}0d 00:00:00 {2}d \(delay\): The run waits until/);
  expect(said[2]).toMatch(/^\+ {2}3d 00:00:00 {2}sms \(sms\): “Bye” → skip/);
  expect(said[3]).toBe('+  3d 00:00:00  done: Every step is done.');
  said.length = 0;
  await simulate(config, 'hello', { user: 'ada', until: '+1d' });
  expect(said.at(-1)).toContain('it goes on until');
  expect(await simulate(config, 'hello', {})).toBe(2);
  expect(await simulate(config, 'hello', { user: 'ada', until: 'soon' })).toBe(2);
});

it('carries out a workflow in a file, with its digest, the quiet hours of the user and what happens later', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulsestack-simulated-'));
  const file = (name: string, value: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(value));
    return join(folder, name);
  };
  const config = loadConfig({});
  const definition = file('comments.json', {
    name: 'Comments',
    steps: [
      { id: 'd', type: 'digest', window: '2h' },
      { id: 'ask', type: 'http', url: 'https://nobody.example/score' },
      { id: 'mail', type: 'email', subject: '{{ digest.count }} comments', body: 'Read them' },
      {
        id: 'w',
        type: 'wait',
        timeout: '1w',
        events: [{ event: 'comments.read', steps: [{ id: 's', type: 'stop', reason: 'Read' }] }],
      },
    ],
  });
  const profile = file('ada.json', {
    email: 'ada@example.com',
    timeZone: 'Europe/Vienna',
    preferences: { quietHours: [{ start: '00:00', end: '24:00' }] },
  });
  const events = file('later.json', [
    { after: '30m', payload: {} },
    { after: '3d', name: 'comments.read' },
  ]);
  expect(await simulate(config, 'comments', { user: 'ada', definition, profile, events, until: '+10d' })).toBe(0);
  const text = said.join('\n');
  expect(said[0]).toBe('+  0d 00:00:00  comments is triggered');
  expect(text).toContain('+  0d 00:30:00  comments is triggered again');
  expect(text).toMatch(/\+ {2}0d 02:00:00 {2}comments \/ d \(digest\): The digest closed with 2 events/);
  expect(text).toMatch(/comments \/ ask \(http\): The server answered 200/);
  expect(text).toMatch(/comments \/ mail \(email\): “2 comments” → /);
  expect(text).toContain('+  3d 00:30:00  comments is done: Read');
  said.length = 0;
  writeFileSync(definition, '{"name":"Wrong","steps":[{"id":"x","type":"shout"}]}');
  expect(await simulate(config, 'comments', { user: 'ada', definition })).toBe(2);
  expect(said.join()).toContain('steps');
  rmSync(folder, { recursive: true });
});
