import type { Config } from '../config.ts';

const TIMEOUT_MS = 30_000;

/** What a command could not do at the other end, in a sentence for the person at the terminal. */
export class RemoteError extends Error {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.name = 'RemoteError';
    this.code = code;
  }
}

/** Calls the API of the installation that the settings name. */
export async function callRemote<Body>(
  config: Pick<Config, 'PULSESTACK_URL' | 'PULSESTACK_API_KEY'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Body> {
  const { PULSESTACK_URL: url, PULSESTACK_API_KEY: key } = config;
  if (!key)
    throw new RemoteError(`PULSESTACK_API_KEY is not set; it must be an API key of the workspace at ${url}.`, 'key');
  let response: Response;
  try {
    response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new RemoteError(`${url} does not answer; start PulseStack there, or set PULSESTACK_URL.`, 'unreachable');
  }
  const text = await response.text();
  if (!response.ok)
    throw new RemoteError(`${method} ${path} answered ${response.status}: ${sentenceOf(text)}`, 'refused');
  return (text === '' ? undefined : JSON.parse(text)) as Body;
}

function sentenceOf(text: string): string {
  try {
    const { detail, title, errors } = JSON.parse(text) as {
      detail?: string;
      title?: string;
      errors?: { field: string; message: string }[];
    };
    const fields = (errors ?? []).map(({ field, message }) => `${field} ${message}`).join('; ');
    return [detail ?? title ?? text, fields].filter(Boolean).join(' ');
  } catch {
    return text.slice(0, 200);
  }
}
