import { type CallOptions, createCall } from './call.ts';
import { type EventAccepted, Operations, type TriggerInput } from './generated.ts';
import type { AnyWorkflow, Workflow } from './workflows/workflow.ts';

export interface PulseStackOptions {
  /** The secret API key, `sk_…`. It belongs on servers only. */
  key: string;
  /** Where PulseStack runs. Default: http://localhost:4000 */
  url?: string;
  /** Instead of the global fetch: for proxies, tracing, tests. */
  fetch?: typeof fetch;
  /** Time for one attempt. Default: 10,000 ms. */
  timeoutMs?: number;
  /** Attempts after the first. Default: 3. */
  maxRetries?: number;
}

/**
 * PulseStack from your server: notify people, manage users and topics, mint tokens for the browser.
 * A change carries an idempotency key that stays the same over its retries, so a retry never does it twice; what cannot be
 * recognised by a key, such as making an API key, is not sent twice.
 *
 * ```ts
 * const pulse = new PulseStack({ key: 'sk_…' });
 * await pulse.notify({ to: 'ada', title: 'Hi', body: 'It works' });
 * ```
 */
export class PulseStack extends Operations {
  constructor(options: PulseStackOptions) {
    refuseBrowsers();
    super(
      createCall({
        key: checkKey(options.key),
        url: checkUrl(options.url ?? 'http://localhost:4000'),
        fetch: options.fetch ?? fetch,
        timeoutMs: options.timeoutMs ?? 10_000,
        maxRetries: options.maxRetries ?? 3,
      }),
    );
  }

  /**
   * Starts a workflow, by its key or as it is written in code. Its payload is typed by the code, or by the types that
   * `pulsestack generate --workflows` writes; without those, any key and any payload are taken.
   *
   * ```ts
   * await pulse.trigger('comment-digest', { to: 'ada', payload: { post: 'p1' } });
   * ```
   */
  trigger<Of extends WorkflowKey | AnyWorkflow>(
    workflow: Of,
    input: Omit<TriggerInput, 'payload'> & PayloadField<PayloadOf<Of>>,
    options?: CallOptions,
  ): Promise<EventAccepted> {
    const key = typeof workflow === 'string' ? workflow : (workflow as AnyWorkflow).key;
    return this.workflows.trigger(key, input as TriggerInput, options);
  }
}

/** What each workflow takes, by its key. `pulsestack generate --workflows` writes them into it. */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be added to
export interface WorkflowPayloads {}

type WorkflowKey = keyof WorkflowPayloads extends never ? string : keyof WorkflowPayloads;

type PayloadOf<Of> =
  Of extends Workflow<infer Payload>
    ? Payload
    : Of extends keyof WorkflowPayloads
      ? WorkflowPayloads[Of]
      : Record<string, unknown>;

/** A payload in which nothing is required may be left out. */
type PayloadField<Payload> = Record<never, never> extends Payload ? { payload?: Payload } : { payload: Payload };

function refuseBrowsers(): void {
  if ('window' in globalThis && 'document' in globalThis) {
    throw new Error(
      '@pulsestack/node holds a secret key and must not run in a browser, where anyone can read it. Use @pulsestack/client with a user token from users.createToken().',
    );
  }
}

function checkKey(key: string): string {
  if (typeof key !== 'string' || key.trim() === '') {
    throw new Error(
      'PulseStack needs an API key: new PulseStack({ key }). Create one in the dashboard under API keys; npm start prints one for development.',
    );
  }
  if (!/^sk_[\x21-\x7e]+$/.test(key)) {
    throw new Error('This is not an API key: keys begin with sk_ and have no spaces or line breaks.');
  }
  return key;
}

function checkUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Error(
      `The url of PulseStack must be an http(s) address such as https://notify.example.com, not "${url}".`,
    );
  }
  return url.replace(/\/+$/, '');
}
