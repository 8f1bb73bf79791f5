import express from 'express';
import { createPushStream } from 'pushstream';
import { pushStream } from 'pushstream/express';
import { page } from './page.js';

const stream = createPushStream();
const app = express();

// In earnest, `request.user` is what your session middleware found.
const access = (request) => ({ streams: ['w', `u.${request.user?.id ?? 'nobody'}`] });

app.use('/events', pushStream(stream, { access }));
app.get('/', (_request, response) => response.type('html').send(page));
app.post('/', async (_request, response) => {
  await stream.publish({ everyone: true }, 'story.published', { title: `At ${new Date().toISOString()}` });
  response.sendStatus(202);
});

const server = app.listen(process.env.PORT ?? 3000, () => {
  console.log(`http://localhost:${server.address().port}`);
});
process.on('SIGTERM', async () => {
  await stream.close(1_000);
  server.close();
});
