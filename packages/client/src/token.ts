import { PulseStackError } from './error.ts';

/** A user token, or how to get one: called when needed and again when the server says it has expired. */
export type TokenSource = string | (() => Promise<string> | string);

export interface Tokens {
  /** The token at hand, or a new one where none is; `refresh` asks for another. */
  get(refresh?: boolean): Promise<string>;
  /** The token at hand, for moments that cannot wait. */
  readonly current: string | null;
  /** Whether asking again can help. */
  readonly canRefresh: boolean;
}

export function createTokens(source: TokenSource): Tokens {
  let current = typeof source === 'string' ? refuseSecretKey(source) : null;
  let asking: Promise<string> | null = null;

  return {
    get current() {
      return current;
    },
    canRefresh: typeof source === 'function',
    async get(refresh = false) {
      if (current !== null && (typeof source === 'string' || !refresh)) return current;
      asking ??= ask().finally(() => {
        asking = null;
      });
      return asking;
    },
  };

  async function ask(): Promise<string> {
    if (typeof source === 'string') return source;
    current = refuseSecretKey(await fetchToken(source));
    return current;
  }
}

async function fetchToken(source: () => Promise<string> | string): Promise<string> {
  try {
    return await source();
  } catch (cause) {
    throw new PulseStackError('client.token_failed', 'The function that gives the user token has failed.', { cause });
  }
}

function refuseSecretKey(token: string): string {
  if (token.startsWith('sk_')) {
    throw new PulseStackError(
      'client.secret_key',
      'This is a secret key, and a secret key in a browser belongs to everyone who opens the page. ' +
        'Keep it on your server, mint a user token there with POST /v1/users/{id}/tokens, and give that token to the client.',
    );
  }
  if (token === '')
    throw new PulseStackError('client.no_token', 'The user token is empty; mint one with POST /v1/users/{id}/tokens.');
  return token;
}
