import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type PulseStack, PulseStackError } from '@pulsestack/node';
import { read, toAlert, topicOf, UnreadablePayload } from './alerts.ts';

/** GitHub caps payloads at 25 MB. */
const MAX_BYTES = 25 * 1024 * 1024;
const REPOSITORY = /^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,80}$/;

type Answer = [status: number, body: Record<string, unknown>];

/** Receives GitHub's webhook deliveries at POST /github and lets people watch a repository at POST /watch. */
export function createAlerts({ pulse, secret }: { pulse: PulseStack; secret: string }): Server {
  return createServer(async (request, response) => {
    const [status, body] = await route(request).catch(explain);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });

  async function route(request: IncomingMessage): Promise<Answer> {
    switch (`${request.method} ${request.url}`) {
      case 'POST /github':
        return receive(request, await bytesOf(request));
      case 'POST /watch':
        return watch(request, await bytesOf(request));
      default:
        return [404, { error: 'POST /github receives deliveries, POST /watch {"user","repo"} subscribes' }];
    }
  }

  async function receive(request: IncomingMessage, bytes: Buffer): Promise<Answer> {
    // The signature covers the bytes as they came; it is checked before anything in them is believed.
    const signature = `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;
    const signed = equal(signature, headerOf(request, 'x-hub-signature-256'));
    if (!signed) return [401, { error: 'the signature is missing or wrong' }];
    const event = headerOf(request, 'x-github-event');
    const delivery = headerOf(request, 'x-github-delivery');
    const named = event !== '' && /^[\w-]{1,100}$/.test(delivery);
    if (!named) return [400, { error: 'X-GitHub-Event or X-GitHub-Delivery is missing' }];
    const payload = parse(bytes);
    if (event === 'ping') return [200, { pong: payload.zen }];

    const alert = toAlert(event, payload);
    if (!alert) return [202, { ignored: event }];
    const topic = topicOf(read(payload, 'repository.full_name'));
    // GitHub delivers again with the same id, by hand or after a timeout; a repeated key sends nothing again.
    const once = { idempotencyKey: `github:${delivery}` };
    const { id } = await pulse.notifications.create({ audience: { topic }, ...alert }, once);
    return [202, { notification: id, topic }];
  }

  async function watch(request: IncomingMessage, bytes: Buffer): Promise<Answer> {
    // Your application knows who is signed in; in this example whoever has the secret may subscribe anyone.
    const allowed = equal(`Bearer ${secret}`, headerOf(request, 'authorization'));
    if (!allowed) return [401, { error: 'send the webhook secret as a bearer token' }];
    const { user, repo } = parse(bytes);
    if (typeof user !== 'string' || typeof repo !== 'string' || !REPOSITORY.test(repo)) {
      return [400, { error: 'the body must be {"user":"ada","repo":"owner/name"}' }];
    }
    await pulse.topics.subscribe(topicOf(repo), { users: [user] });
    return [200, { user, watches: topicOf(repo) }];
  }
}

function explain(error: unknown): Answer {
  if (error instanceof UnreadablePayload) return [400, { error: error.message }];
  if (error instanceof PulseStackError && error.status === 400) return [400, { error: error.detail }];
  // GitHub shows the delivery as failed and offers to deliver it again.
  console.error(error);
  return [502, { error: 'PulseStack did not accept it; deliver it again' }];
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new UnreadablePayload(`a body has at most ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): Record<string, unknown> {
  try {
    const value = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {}
  throw new UnreadablePayload('the body is not a JSON object; set the content type of the webhook to application/json');
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** Takes the same time wherever the two differ, so that a signature cannot be guessed byte by byte. */
function equal(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
