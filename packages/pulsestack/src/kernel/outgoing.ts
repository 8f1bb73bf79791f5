import { lookup } from 'node:dns/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type HttpAnswer, type HttpClient, HttpFailure, type HttpRequest } from '../ports/http-client.ts';
import { resource } from './runtime.ts';

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 262_144;
const MAX_SOCKETS_PER_HOST = 64;
const DNS_TIMEOUT_MS = 5000;
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

export interface Resolved {
  address: string;
  family: 4 | 6;
}

interface OutgoingOptions {
  /** Loopback, private and link-local addresses may be reached: for development and for relays on one's own network. */
  allowPrivateNetworks: boolean;
  /** Which addresses may be reached otherwise; default: those of the public internet. */
  allows?(address: string): boolean;
  resolve?(host: string): Promise<Resolved[]>;
}

/**
 * The one client for addresses that users have chosen. A name is resolved once, every address it has must be a public one, and
 * the connection goes to exactly those addresses, so a name that changes its meaning in between gains nothing. A redirect is an
 * answer, or, where following is asked for, checked like the first address. Proxies of the environment are not used.
 */
export function createOutgoing(options: OutgoingOptions): HttpClient {
  const resolveName = options.resolve ?? resolveByDns;
  const allows = options.allows ?? isPublic;
  const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS_PER_HOST, timeout: 30_000 };
  const agents = { 'http:': new http.Agent(agentOptions), 'https:': new https.Agent(agentOptions) };

  async function resolve(host: string): Promise<Resolved[]> {
    const literal = host.startsWith('[') ? host.slice(1, -1) : host;
    const found = ipaddr.isValid(literal)
      ? [{ address: literal, family: ipaddr.parse(literal).kind() === 'ipv6' ? (6 as const) : (4 as const) }]
      : await resolveName(host).catch((cause: unknown) => {
          throw new HttpFailure('network', `The name ${host} could not be resolved.`, { cause });
        });
    if (found.length === 0) throw new HttpFailure('network', `The name ${host} has no address.`);
    // One private address among public ones is enough to refuse: which of them is used is not ours to say.
    if (!options.allowPrivateNetworks && found.some(({ address }) => !allows(address)))
      throw new HttpFailure('refused', `${host} is not on the public internet, so it is not asked.`);
    return found;
  }

  async function once(target: URL, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const addresses = await abortable(resolve(target.hostname), signal);
    const { request: send } = target.protocol === 'https:' ? https : http;
    const begin = (options: https.RequestOptions) => {
      try {
        return send({ ...options, headers: { ...credentialsOf(target), ...options.headers } });
      } catch (cause) {
        // Such as a line break in a header, which data of an event may bring.
        throw new HttpFailure('refused', `What is to be sent to ${target.host} is no HTTP request.`, { cause });
      }
    };
    return new Promise((settle, reject) => {
      const sent = begin({
        protocol: target.protocol,
        hostname: target.hostname.replace(/^\[|\]$/g, ''),
        port: target.port,
        path: `${target.pathname}${target.search}`,
        method: request.method ?? 'GET',
        headers: {
          'accept-encoding': 'identity',
          ...request.headers,
          ...lengthOf(request.body),
        },
        agent: agents[target.protocol as 'http:' | 'https:'],
        lookup: pinnedTo(addresses),
        signal,
      });
      sent.on('error', (error) => reject(failure(error, target, signal)));
      sent.on('response', (response) => {
        read(response, request.maxBytes ?? MAX_BYTES).then(settle, (error: Error) =>
          reject(failure(error, target, signal)),
        );
      });
      // A server that changes the protocol has answered nothing; without this nobody would ever hear of it.
      sent.on('upgrade', (_response, socket) => {
        socket.destroy();
        reject(new HttpFailure('network', `${target.host} wants to speak another protocol than HTTP.`));
      });
      sent.end(request.body);
    });
  }

  return {
    resolve,
    async request(request) {
      const timeout = AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS);
      const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
      let current = request;
      let target = parse(request.url);
      for (let left = request.redirects ?? 0; ; left--) {
        const answer = await once(target, current, signal);
        const { location } = answer.headers;
        if (left <= 0 || location === undefined || answer.status < 300 || answer.status > 399) return answer;
        const next = parse(new URL(location, target).href);
        if (target.protocol === 'https:' && next.protocol === 'http:')
          throw new HttpFailure('refused', `${target.host} redirects to an address without encryption.`);
        current = redirected(current, answer.status, next.origin === target.origin);
        target = next;
      }
    },
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

/** The client of this process. */
export const outgoing = resource((runtime) =>
  createOutgoing({ allowPrivateNetworks: runtime.settings.allowPrivateNetworks }),
);

/** Is it an address of the public internet? Everything reserved, private, local or translated is not. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(GLOBAL_UNICAST);
}

function parse(url: string): URL {
  const target = URL.parse(url);
  if (!target || (target.protocol !== 'http:' && target.protocol !== 'https:'))
    throw new HttpFailure('refused', 'Only http and https addresses are asked.');
  return target;
}

async function resolveByDns(host: string): Promise<Resolved[]> {
  const found = await Promise.race([
    lookup(host, { all: true }),
    new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error('no answer from DNS')), DNS_TIMEOUT_MS).unref(),
    ),
  ]);
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

function pinnedTo(addresses: readonly Resolved[]): LookupFunction {
  const [first] = addresses as [Resolved];
  return (_host, { all }, done) => {
    if (all) done(null, [...addresses]);
    else done(null, first.address, first.family);
  };
}

async function read(response: http.IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) break;
  }
  const truncated = bytes > maxBytes;
  if (truncated) response.destroy();
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  const body = Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
  return { status: response.statusCode ?? 0, headers, body, truncated };
}

/** As browsers do: a POST becomes a GET unless the answer keeps it, and credentials stay with their origin. */
function redirected(request: HttpRequest, status: number, sameOrigin: boolean): HttpRequest {
  const keeps = status === 307 || status === 308;
  const method = request.method ?? 'GET';
  const headers = Object.entries(request.headers ?? {}).filter(
    ([name]) => sameOrigin || !/^(authorization|cookie|proxy-authorization)$/i.test(name),
  );
  const kept = { ...request, headers: Object.fromEntries(headers) };
  if (keeps || method === 'GET') return kept;
  const { body: _body, ...rest } = kept;
  return { ...rest, method: 'GET' };
}

function credentialsOf(target: URL): Record<string, string> {
  if (!target.username && !target.password) return {};
  const pair = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function lengthOf(body: HttpRequest['body']): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(new HttpFailure('timeout', 'It took too long.'));
  return new Promise((settle, reject) => {
    const stop = () => reject(new HttpFailure('timeout', 'It took too long.'));
    signal.addEventListener('abort', stop, { once: true });
    work.then(settle, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function failure(cause: Error, target: URL, signal: AbortSignal): HttpFailure {
  if (cause instanceof HttpFailure) return cause;
  if (signal.aborted) return new HttpFailure('timeout', `${target.host} did not answer in time.`, { cause });
  const code = 'code' in cause ? ` (${String(cause.code)})` : '';
  return new HttpFailure('network', `${target.host} could not be reached${code}.`, { cause });
}
