import { exec } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import type { Abilities, Introduction, Receipt, Target } from './target.ts';

export interface PresetOptions {
  url: string;
  publishUrl?: string | undefined;
  key?: string | undefined;
  headers: Readonly<Record<string, string>>;
  readHeaders: Readonly<Record<string, string>>;
  text: boolean;
}

export class UsageError extends Error {}

export const PRESETS: Record<string, (options: PresetOptions) => Promise<Target>> = { plain, mercure, pulsestack };

/** Any server: publications are posted as JSON `{ to, name, data }`. */
async function plain({ url, publishUrl, headers, readHeaders, text }: PresetOptions): Promise<Target> {
  if (!publishUrl) throw new UsageError('Say where to publish: --publish-url http://…');
  return {
    name: url,
    url,
    data: text ? 'text' : 'json',
    reader: { headers: readHeaders },
    publish: ({ to, name, data, id }) => post(publishUrl, headers, { to, name, data, ...(id ? { id } : {}) }),
    can: {},
    close: async () => {},
  };
}

/** A Mercure hub; `key` is the one its publishers' tokens are signed with (HS256). */
async function mercure({ url, publishUrl, key, headers, readHeaders }: PresetOptions): Promise<Target> {
  const address = new URL(url);
  if (!address.searchParams.has('topic')) address.searchParams.append('topic', 'conformance');
  const topic = address.searchParams.get('topic') ?? '';
  const authorization: Record<string, string> = key
    ? { Authorization: `Bearer ${signed({ mercure: { publish: ['*'] } }, key)}` }
    : {};
  return {
    name: `Mercure at ${address.origin}`,
    url: address.href,
    data: 'text',
    reader: { headers: readHeaders },
    async publish({ name, data, id }) {
      const body = new URLSearchParams({ topic, type: name, data: String(data), ...(id === undefined ? {} : { id }) });
      return receipt(
        await fetch(publishUrl ?? `${address.origin}${address.pathname}`, {
          method: 'POST',
          headers: { ...authorization, ...headers },
          body,
        }),
      );
    },
    can: { ids: true },
    close: async () => {},
  };
}

/** A PulseStack server; `url` is its address or that of its stream, `key` a key of a workspace. */
async function pulsestack({ url, key }: PresetOptions): Promise<Target> {
  if (!key) throw new UsageError('Name a key of the workspace: --key sk_…');
  const { origin } = new URL(url);
  const headers = { Authorization: `Bearer ${key}` };
  const tokens = new Map<string, Promise<string>>();
  const mint = async (user: string) => {
    const response = await fetch(`${origin}/v1/users/${user}/tokens`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ttlMinutes: 60 }),
    });
    const { token } = (await response.json()) as { token?: string };
    if (!token) throw new Error(`A token is answered with ${response.status}.`);
    return token;
  };
  const asUser = async (user: string): Promise<Introduction> => {
    const token = tokens.get(user) ?? mint(user);
    tokens.set(user, token);
    return { headers: { Authorization: `Bearer ${await token}` } };
  };
  return {
    name: `PulseStack at ${origin}`,
    url: `${origin}/v1/stream`,
    data: 'json',
    reader: await asUser('reader'),
    publish: ({ to, name, data, tags }) =>
      post(`${origin}/v1/stream/events`, headers, {
        to: to === 'everyone' ? { everyone: true } : to,
        name,
        data,
        ...(tags ? { tags } : {}),
      }),
    can: {
      controls: true,
      filter: true,
      maxEventBytes: 262_144,
      heartbeatMs: 15_000,
      asUser,
      strangers: {
        unknown: { headers: { Authorization: 'Bearer a.b.c' } },
        forbidden: { query: { topic: 'nobody-is-subscribed' } },
      },
      async cursor() {
        const response = await fetch(`${origin}/v1/inbox`, { headers: { ...(await asUser('reader')).headers } });
        return ((await response.json()) as { cursor: string }).cursor;
      },
    },
    close: async () => {},
  };
}

/** What a target can do more, when commands say how. */
export function byCommands(
  commands: { kill?: string | undefined; stop?: string | undefined; restart?: string | undefined },
  url: string,
): Partial<Abilities> {
  const run = promisify(exec);
  const { kill, stop, restart } = commands;
  return {
    ...(kill ? { kill: async () => void (await run(kill)) } : {}),
    ...(stop ? { shutdown: async () => void (await run(stop)) } : {}),
    ...(restart
      ? {
          async restart() {
            await run(restart);
            await answering(url);
          },
        }
      : {}),
  };
}

async function answering(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await receipt(await fetch(url, { method: 'HEAD' }));
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

async function post(url: string, headers: Readonly<Record<string, string>>, body: object): Promise<Receipt> {
  return receipt(
    await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
  );
}

async function receipt(response: Response): Promise<Receipt> {
  await response.arrayBuffer();
  return { status: response.status };
}

function signed(claims: object, key: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}
