import { createHmac, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const { GITHUB_WEBHOOK_SECRET = '', ALERTS_PORT = '4100' } = process.env;
const fixtures = new URL('../fixtures/', import.meta.url);

// Sends the sample deliveries as GitHub does: the event in a header, an id for each delivery, a signature over the exact bytes.
for (const name of readdirSync(fixtures)) {
  const body = readFileSync(new URL(name, fixtures));
  const event = name.replace('.json', '');
  const response = await fetch(`http://localhost:${ALERTS_PORT}/github`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/sample',
      'x-github-event': event,
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', GITHUB_WEBHOOK_SECRET).update(body).digest('hex')}`,
    },
    body,
  });
  console.log(event.padEnd(14), response.status, await response.text());
}
