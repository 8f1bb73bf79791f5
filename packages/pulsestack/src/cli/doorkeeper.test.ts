import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Doorkeeper } from './doorkeeper.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Something that answers like the server, when it is let, and counts who asks at once. */
async function upstream(
  answer = (asked: number): { status: number; streams: string[] } => ({ status: 200, streams: [`s${asked}`] }),
) {
  const seen = { asked: 0, atOnce: 0, most: 0, hold: null as Promise<void> | null };
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    const number = ++seen.asked;
    seen.most = Math.max(seen.most, ++seen.atOnce);
    await (seen.hold ?? new Promise((resolve) => setImmediate(resolve)));
    seen.atOnce -= 1;
    const { status, streams } = answer(number);
    response.writeHead(status).end(JSON.stringify({ streams, meta: {}, expiresAt: null }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const doorkeeper = new Doorkeeper(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return { seen, doorkeeper };
}

it('asks once for a crowd with one token, and a few at a time for a crowd with many', async () => {
  const { seen, doorkeeper } = await upstream();
  await Promise.all(Array.from({ length: 200 }, () => doorkeeper.ask('Bearer one', ['b', 'a'])));
  expect(seen.asked).toBe(1);
  const many = () => Promise.all(Array.from({ length: 300 }, (_, n) => doorkeeper.ask(`Bearer ${n}`, [])));
  expect((await many()).every((access) => 'streams' in access)).toBe(true);
  doorkeeper.forget();
  await many();
  expect(seen.asked).toBe(601);
  expect(seen.most).toBeLessThanOrEqual(16);
});

it('lets no answer outlive the news that came while it was under way', async () => {
  const { seen, doorkeeper } = await upstream();
  const release = Promise.withResolvers<void>();
  seen.hold = release.promise;
  const asking = doorkeeper.ask('Bearer one', []);
  await expect.poll(() => seen.asked).toBe(1);
  doorkeeper.forget();
  seen.hold = null;
  release.resolve();
  expect(await asking).toEqual({ streams: ['s2'], meta: {} });
});

it('tells readers to come back later while the upstream cannot say who may read, and does not remember that', async () => {
  let status = 503;
  const { doorkeeper } = await upstream(() => ({ status, streams: [] }));
  expect(await doorkeeper.ask('Bearer one', [])).toEqual({ refuse: 'busy' });
  status = 403;
  expect(await doorkeeper.ask('Bearer one', [])).toEqual({ refuse: 403 });
});
