import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createPushStream } from 'pushstream';
import { pushStream } from 'pushstream/hono';
import { page } from './page.js';

const stream = createPushStream();
const app = new Hono();

// In earnest, the user is what your authentication middleware put there by `c.set('user', …)`.
const access = (c) => ({ streams: ['w', `u.${c.get('user')?.id ?? 'nobody'}`] });

app.all('/events', pushStream(stream, { access }));
app.get('/', (c) => c.html(page));
app.post('/', async (c) => {
  await stream.publish({ everyone: true }, 'story.published', { title: `At ${new Date().toISOString()}` });
  return c.body(null, 202);
});

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) => {
  console.log(`http://localhost:${port}`);
});
process.on('SIGTERM', async () => {
  await stream.close(1_000);
  server.close();
});
