import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { type Connection, detailOf, lastFour, provider, type SendOutcome } from '../../../ports/channel.ts';
import { type HttpAnswer, HttpFailure, retryAfterMs } from '../../../ports/http-client.ts';

const SECRET_PREFIX = 'whsec_';
const SECRET = /^whsec_[A-Za-z0-9+/]{32,128}={0,2}$/;
const REPEATABLE = new Set([408, 425]);

/**
 * Posts messages as JSON to an address of yours, signed as Standard Webhooks say: `webhook-id` is the id of the message and the
 * same for every try, `webhook-timestamp` the second of the try, `webhook-signature` is `v1,` and the base64 of the HMAC-SHA256
 * over `id.timestamp.body`. The body is `{ "type": "message", "timestamp", "data": { "id", "userId", "category", "workflow", "body" } }`.
 * Any 2xx is taken as received, 410 switches the integration off, 429 and 5xx are tried again.
 */
export const genericWebhook = provider({
  id: 'webhook',
  channel: 'webhook',
  name: 'Signed webhook',
  credentials: z.strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .meta({ examples: ['https://example.com/hooks/pulsestack'] }),
    secret: z
      .string()
      .regex(SECRET, 'must be whsec_ and the base64 of 24 to 64 random bytes')
      .meta({ examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAECAwQF'] }),
  }),
  settings: z.strictObject({
    headers: z
      .record(z.string().max(64), z.string().max(1024))
      .default({})
      .meta({ description: 'Sent with every request' }),
  }),
  hints: ({ url, secret }) => ({ url: hostOf(url), secret: lastFour(secret) }),
  connect({ credentials, settings }, { http, nowMs }): Connection {
    const key = Buffer.from(credentials.secret.slice(SECRET_PREFIX.length), 'base64');
    return {
      async send(message, { idempotencyKey, signal }) {
        const { content } = message;
        const own = content.channel === 'webhook' ? content : { body: content, headers: {} };
        const body = JSON.stringify({
          type: 'message',
          timestamp: message.createdAt.toISOString(),
          data: {
            id: message.id,
            userId: message.userId,
            category: message.category,
            workflow: message.workflow,
            body: own.body,
          },
        });
        const timestamp = String(Math.floor(nowMs() / 1000));
        try {
          const answer = await http.request({
            url: credentials.url,
            method: 'POST',
            // What signs the message comes last: no header of its own replaces it.
            headers: {
              'user-agent': 'PulseStack',
              ...lowerCased(settings.headers),
              ...lowerCased(own.headers ?? {}),
              'content-type': 'application/json',
              'webhook-id': idempotencyKey,
              'webhook-timestamp': timestamp,
              'webhook-signature': `v1,${sign(key, idempotencyKey, timestamp, body)}`,
            },
            body,
            maxBytes: 16_384,
            signal,
          });
          return judge(answer, nowMs(), [credentials.secret]);
        } catch (error) {
          if (!(error instanceof HttpFailure)) throw error;
          if (error.kind === 'refused') return { outcome: 'refused', class: 'other', detail: error.message };
          return { outcome: 'retry', class: 'network', detail: error.message };
        }
      },
      close() {},
    };
  },
});

function sign(key: Buffer, id: string, timestamp: string, body: string): string {
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
}

function judge(answer: HttpAnswer, nowMs: number, secrets: readonly string[]): SendOutcome {
  const { status } = answer;
  const detail = detailOf(`HTTP ${status}${answer.body ? `: ${answer.body}` : ''}`, secrets);
  if (status >= 200 && status < 300) return { outcome: 'accepted', id: null, status, detail };
  const afterMs = retryAfterMs(answer.headers['retry-after'], nowMs);
  const wait = afterMs === undefined ? {} : { retryAfterMs: afterMs };
  if (status === 429) return { outcome: 'retry', class: 'rate', status, detail, ...wait };
  if (status >= 500 || REPEATABLE.has(status)) return { outcome: 'retry', class: 'server', status, detail, ...wait };
  if (status === 410) return { outcome: 'refused', class: 'other', status, detail, gone: true };
  if (status === 401 || status === 403) return { outcome: 'refused', class: 'auth', status, detail };
  const isContent = status === 400 || status === 413 || status === 415 || status === 422;
  return { outcome: 'refused', class: isContent ? 'content' : 'other', status, detail };
}

const lowerCased = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** The path may hold a token, so only the host is shown. */
function hostOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}/…`;
}
