import { createHmac } from 'node:crypto';
import { outgoing } from '../../../kernel/outgoing.ts';
import type { Runtime } from '../../../kernel/runtime.ts';
import { HttpFailure, retryAfterMs } from '../../../ports/http-client.ts';
import { type EndpointRow, findEndpoint } from '../store/endpoints.ts';

export const SECRET_PURPOSE = 'workflow endpoint';
/** The listing of workflows is longer than any answer of a step. */
export const MAX_LISTING_BYTES = 8_000_000;
export const MAX_OUTPUT_BYTES = 262_144;

export interface Question {
  method: 'GET' | 'POST';
  /** The same whenever the same thing is asked again. */
  id: string;
  body?: string;
  timeoutMs: number;
  maxBytes: number;
  /** Ends the call of a process that ends. */
  signal?: AbortSignal;
}

/** What an endpoint said. `retry` when asking again may help. */
export type Reply =
  | { kind: 'answer'; body: unknown }
  | { kind: 'refused' | 'failed'; retry: boolean; sentence: string; status: number | null; afterMs?: number };

/** Asks an endpoint of a workspace, signed with its secret. */
export async function askEndpoint(
  runtime: Runtime,
  workspaceId: string,
  key: string,
  question: Question,
): Promise<Reply> {
  const endpoint = await runtime.db.inWorkspace(workspaceId, (tx) => findEndpoint(tx, workspaceId, key));
  if (!endpoint)
    return {
      kind: 'refused',
      retry: false,
      status: null,
      sentence: `There is no endpoint "${key}"; register it under workflow endpoints.`,
    };
  try {
    const answer = await outgoing.of(runtime).request({
      url: endpoint.url,
      method: question.method,
      headers: {
        ...(question.body === undefined ? {} : { 'content-type': 'application/json' }),
        accept: 'application/json',
        'user-agent': 'PulseStack',
        'idempotency-key': question.id,
        ...sign(runtime, endpoint, question.id, question.body ?? ''),
      },
      ...(question.body === undefined ? {} : { body: question.body }),
      timeoutMs: question.timeoutMs,
      maxBytes: question.maxBytes,
      ...(question.signal === undefined ? {} : { signal: question.signal }),
    });
    return judge(key, answer, question.maxBytes, runtime.clock.nowMs());
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    return {
      kind: error.kind === 'refused' ? 'refused' : 'failed',
      retry: error.kind !== 'refused',
      status: null,
      sentence: `The endpoint "${key}" was not reached: ${error.message}`,
    };
  }
}

/** The headers of Standard Webhooks, signed with the secret of the endpoint and, while it changes, with the former one. */
function sign(
  runtime: Pick<Runtime, 'seal' | 'clock'>,
  endpoint: EndpointRow,
  id: string,
  body: string,
): Record<string, string> {
  const nowMs = runtime.clock.nowMs();
  const timestamp = Math.floor(nowMs / 1000);
  const former = endpoint.former_until && endpoint.former_until.getTime() > nowMs ? endpoint.former_secret : null;
  const signatures = [endpoint.secret, ...(former ? [former] : [])].map((sealed) => {
    const secret = runtime.seal.open(sealed, SECRET_PURPOSE);
    return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') };
}

/** A deployment under way answers like that for a moment: the new secret or the new step is not everywhere yet. */
const PASSING = new Set([401, 404, 408, 425, 429]);

function judge(
  key: string,
  answer: { status: number; headers: Record<string, string>; body: string; truncated: boolean },
  maxBytes: number,
  nowMs: number,
): Reply {
  const { status } = answer;
  const body = answer.truncated ? undefined : parse(answer.body);
  if (status >= 200 && status <= 299) {
    if (body !== undefined) return { kind: 'answer', body };
    const what = answer.truncated ? `more than ${maxBytes} bytes` : 'something that is not JSON';
    return { kind: 'failed', retry: false, status, sentence: `The endpoint "${key}" answered ${what}.` };
  }
  const afterMs = retryAfterMs(answer.headers['retry-after'], nowMs);
  return {
    kind: 'failed',
    retry: status >= 500 || PASSING.has(status),
    status,
    sentence: `The endpoint "${key}" answered ${status}${explain(status, body)}.`,
    ...(afterMs === undefined ? {} : { afterMs }),
  };
}

function explain(status: number, body: unknown): string {
  const message = (body as { error?: { message?: unknown } } | undefined)?.error?.message;
  if (typeof message === 'string') return `: ${message.slice(0, 300).replace(/\.$/, '')}`;
  if (status === 401) return ': the secret it has is not the one that was registered';
  if (status === 404) return ': is the address right?';
  return '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
