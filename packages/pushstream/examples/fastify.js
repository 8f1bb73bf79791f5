import fastify from 'fastify';
import { createPushStream } from 'pushstream';
import { pushStream } from 'pushstream/fastify';
import { page } from './page.js';

const stream = createPushStream();
const app = fastify();

// In earnest, `request.user` is what your authentication hook found.
const access = (request) => ({ streams: ['w', `u.${request.user?.id ?? 'nobody'}`] });

app.register(pushStream, { stream, path: '/events', access });
app.get('/', (_request, reply) => reply.type('text/html').send(page));
app.post('/', async (_request, reply) => {
  await stream.publish({ everyone: true }, 'story.published', { title: `At ${new Date().toISOString()}` });
  reply.code(202).send();
});

await app.listen({ port: Number(process.env.PORT ?? 3000) });
console.log(`http://localhost:${app.server.address().port}`);
process.on('SIGTERM', () => app.close());
