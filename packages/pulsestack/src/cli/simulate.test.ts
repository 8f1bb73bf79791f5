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
