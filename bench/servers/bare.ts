// The limit to compare with: Fastify and one bare prepared insert, on the same database and driver as the product.
import { join } from 'node:path';
import Fastify from 'fastify';
import { z } from 'zod';
import { openEmbedded } from '../../packages/pulsestack/src/adapters/pglite/index.ts';
import { openServer } from '../../packages/pulsestack/src/adapters/postgres/index.ts';
import { silentLog } from '../../packages/pulsestack/src/ports/log.ts';

const { DATABASE_URL, PULSESTACK_DATA_DIR = '.' } = process.env;
const database = DATABASE_URL
  ? await openServer({ url: DATABASE_URL, max: 16, log: silentLog })
  : await openEmbedded({ directory: join(PULSESTACK_DATA_DIR, 'bare'), log: silentLog });
await database.pool.query(
  'create table bare (id bigint generated always as identity primary key, recipient text not null, body jsonb not null)',
);

const Body = z.strictObject({ to: z.string(), title: z.string(), body: z.string() });
const server = Fastify();
server.post('/v1/notify', async (request, reply) => {
  const body = Body.parse(request.body);
  const { rows } = await database.pool.query({
    name: 'bare',
    text: 'insert into bare (recipient, body) values ($1, $2) returning id',
    values: [body.to, JSON.stringify(body)],
  });
  return reply.code(202).send({ id: rows[0].id });
});
console.log(await server.listen({ host: '127.0.0.1', port: 0 }));
process.on(
  'SIGTERM',
  () =>
    void server
      .close()
      .then(() => database.close())
      .then(() => process.exit(0)),
);
