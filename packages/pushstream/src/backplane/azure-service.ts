import { createHmac } from 'node:crypto';
import { BackplaneUnavailable } from './backplane.ts';

// https://learn.microsoft.com/rest/api/webpubsub/dataplane/web-pub-sub
const API_VERSION = '2024-12-01';
const REST_TOKEN_SECONDS = 300;
const REQUEST_TIMEOUT_MS = 10_000;

export interface AzureEndpoint {
  /** Without a trailing slash. */
  endpoint: string;
  accessKey: string;
}

/** Reads `Endpoint=https://name.webpubsub.azure.com;AccessKey=…;Version=1.0;`. */
export function parseConnectionString(text: string): AzureEndpoint {
  const parts = new Map<string, string>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) parts.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  const [endpoint, accessKey, port] = [parts.get('endpoint'), parts.get('accesskey'), parts.get('port')];
  if (!endpoint || !accessKey || !URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new BackplaneUnavailable(
      'The connection string of Azure Web PubSub must read Endpoint=https://…;AccessKey=…;Version=1.0; copy it from the page "Keys" of the resource.',
    );
  }
  const url = new URL(endpoint);
  if (port) url.port = port;
  return { endpoint: url.origin, accessKey };
}

/** The calls of the service's REST API that a backplane needs, for one hub. */
export interface AzureService {
  readonly endpoint: string;
  /** A token with which a client of ours may join and send to every group. */
  generateToken(): Promise<string>;
  sendToGroup(group: string, text: string): Promise<void>;
}

export function createAzureService({ endpoint, accessKey }: AzureEndpoint, hub: string): AzureService {
  async function call(path: string, query: [string, string][], init: { body?: string; contentType?: string }) {
    const search = new URLSearchParams([...query, ['api-version', API_VERSION]]);
    const url = `${endpoint}/api/hubs/${hub}${path}?${search}`;
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        // The audience of a token is the address it is for, query included.
        authorization: `Bearer ${signToken({ aud: url }, accessKey, REST_TOKEN_SECONDS)}`,
        ...(init.contentType ? { 'content-type': init.contentType } : {}),
      },
      ...(init.body === undefined ? {} : { body: init.body }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.ok) return text;
    const what = response.status === 401 ? 'refuses the access key' : `answers ${response.status}`;
    throw new BackplaneUnavailable(`Azure Web PubSub at ${endpoint} ${what}: ${text.slice(0, 200)}`);
  }

  return {
    endpoint,
    async generateToken() {
      const roles: [string, string][] = [
        ['role', 'webpubsub.joinLeaveGroup'],
        ['role', 'webpubsub.sendToGroup'],
        ['minutesToExpire', '60'],
      ];
      const { token } = JSON.parse(await call('/:generateToken', roles, {})) as { token: string };
      return token;
    },
    async sendToGroup(group, text) {
      await call(`/groups/${encodeURIComponent(group)}/:send`, [], { body: text, contentType: 'text/plain' });
    },
  };
}

/** A JSON Web Token, HS256. */
export function signToken(claims: Record<string, unknown>, key: string, seconds: number): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, iat: now, exp: now + seconds })}`;
  return `${unsigned}.${createHmac('sha256', key).update(unsigned).digest('base64url')}`;
}
