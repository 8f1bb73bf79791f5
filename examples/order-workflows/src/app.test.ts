import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PulseStack } from '@pulsestack/node';
import { advance, type TestApp, testApp } from 'pulsestack/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createShop } from './app.ts';

let app: TestApp;
let pulse: PulseStack;
let shop: Server;
let url: string;

beforeAll(async () => {
  app = await testApp({ timers: false });
  pulse = new PulseStack({ key: app.home.key, url: await app.url() });
  const { secret } = await pulse.workflowEndpoints.create({ url: 'http://127.0.0.1:1' });
  shop = createShop({ pulse, secret, now: () => app.clock.nowMs() }).listen(0, '127.0.0.1');
  await new Promise((resolve) => shop.once('listening', resolve));
  url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  await pulse.workflowEndpoints.update('app', { url: `${url}/api/pulsestack` });
  const { applied, workflows } = await pulse.workflowEndpoints.sync('app');
  if (!applied) throw new Error(JSON.stringify(workflows));
});
afterAll(async () => {
  shop.closeAllConnections();
  shop.close();
  await app.close();
});

const ship = async (id: string, items: object[]) => {
  const body = JSON.stringify({ buyer: 'ada', carrier: 'bicycle', items });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/orders/${id}/ship`, { method: 'POST', headers, body });
  expect(response.status).toBe(202);
  await app.settle();
};
const titles = async () =>
  (await app.call('GET', '/v1/inbox', { as: await app.home.user('ada') })).body.items.map(
    (item: { title: string; body: string }) => [item.title, item.body],
  );

it('tells the buyer at once, by bell and mail, and asks two days after the parcel has come', async () => {
  await pulse.users.upsert('ada', { name: 'Ada <3', email: 'ada@example.com' });
  await app.call('POST', '/v1/integrations', {
    body: { provider: 'smtp', credentials: { url: 'smtp://127.0.0.1:1' } },
  });
  await ship('17', [{ name: 'A <b>lamp</b>', price: 12.5 }]);
  await ship('17', [{ name: 'A <b>lamp</b>', price: 12.5 }]);
  expect(await titles()).toEqual([['Order 17 is on its way', 'bicycle brings it in 1 days.']]);
  const { items } = (await app.call('GET', '/v1/messages?channel=email')).body;
  expect(items).toHaveLength(1);
  expect((await app.call('GET', `/v1/messages/${items[0].id}`)).body.content).toMatchObject({
    subject: 'Your receipt for order 17',
    html: expect.stringContaining(
      '<h1>Thanks, Ada &lt;3</h1>\n<table class="data"><tr><td>A &lt;b&gt;lamp&lt;/b&gt;</td>',
    ),
    text: expect.stringContaining('12.50 €'),
  });
  await advance(app, '70h');
  expect(await titles()).toHaveLength(1);
  await advance(app, '3h');
  expect((await titles())[0][0]).toBe('Is all well with order 17?');
});

it('says in the run what its code has to say', async () => {
  await pulse.workflows.trigger('order-shipped', { to: 'ada', payload: { id: 'lost', total: 0, items: [] } });
  await app.settle();
  const { items } = await pulse.runs.list({ workflow: 'order-shipped', limit: 1 });
  expect(items[0]).toMatchObject({
    state: 'failed',
    sentence: 'The endpoint "app" answered 422: the order lost has no parcel.',
  });
});
