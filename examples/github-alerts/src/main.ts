import { PulseStack } from '@pulsestack/node';
import { createAlerts } from './app.ts';

const {
  PULSESTACK_KEY = '',
  PULSESTACK_URL = 'http://localhost:4000',
  GITHUB_WEBHOOK_SECRET = '',
  ALERTS_PORT = '4100',
} = process.env;
if (GITHUB_WEBHOOK_SECRET === '') {
  console.error('Set GITHUB_WEBHOOK_SECRET to the secret you gave the webhook on GitHub.');
  process.exit(1);
}

// GitHub waits ten seconds for an answer, so we give up before it does.
const pulse = new PulseStack({ key: PULSESTACK_KEY, url: PULSESTACK_URL, timeoutMs: 2500, maxRetries: 2 });
createAlerts({ pulse, secret: GITHUB_WEBHOOK_SECRET }).listen(Number(ALERTS_PORT), '127.0.0.1', () => {
  console.log(`Waiting for GitHub at http://localhost:${ALERTS_PORT}/github`);
});
