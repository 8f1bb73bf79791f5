import { compileSchema, problemsOfSchema } from '../../../kernel/json-schema.ts';
import { outgoing } from '../../../kernel/outgoing.ts';
import { HttpFailure } from '../../../ports/http-client.ts';
import type { Data, Json } from '../engine/live.ts';
import { signRequest } from '../engine/signing.ts';
import { fillJson, fillText, problemOfText } from '../engine/text.ts';
import { type Said, stepKind } from './kind.ts';

const MAX_ANSWER_BYTES = 65_536;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What says where a request goes, where it ends, and that it is ours. */
const OURS = new Set([
  'host',
  'connection',
  'content-length',
  'expect',
  'idempotency-key',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
]);

/**
 * Asks a server. The request is signed (Standard Webhooks) and carries the same Idempotency-Key when a crash repeats it. An
 * answer of JSON is the output of the step; what fails ends the run unless the step goes on regardless.
 */
export const http = stepKind({
  type: 'http',
  check: (step) => [
    ...(literalHost(step.url) === null
      ? ['url must begin with http:// or https:// and a host that is written out: values may come after it only']
      : []),
    ...Object.keys(step.headers ?? {}).flatMap((name) => problemOfHeader(name) ?? []),
    ...[step.url, ...Object.values(step.headers ?? {})].map(problemOfText).filter((one) => one !== null),
    ...(step.expect === undefined
      ? []
      : problemsOfSchema(step.expect, '').map((one) => `expect${one.field} ${one.message}`)),
  ],
  run(step, live, { data }) {
    if (live.phase?.kind === 'answer') {
      const { output, said, failed } = live.phase.answer as { output: Data; said: Data; failed: boolean };
      const say = said as unknown as Said;
      return failed && !step.continueOnFailure ? { go: 'fail', say } : { go: 'next', output, say };
    }
    const url = fillText(step.url, data());
    const headers = Object.fromEntries(
      Object.entries(step.headers ?? {})
        .filter(([name]) => problemOfHeader(name) === null)
        .map(([name, value]) => [name.toLowerCase(), fillText(value, data())]),
    );
    const given =
      step.body === undefined
        ? { event: data().event as Json, user: { id: live.user.id }, payload: live.payload }
        : fillJson(step.body as Json, data());
    const body = step.method === 'GET' ? undefined : JSON.stringify(given);
    const key = `${live.id}.${step.id}.${live.position.join('-')}`;
    return {
      go: 'call',
      async call(runtime, signal) {
        // Whatever was published: data never decides who gets a request that we have signed.
        if (!URL.canParse(url) || new URL(url).host !== literalHost(step.url))
          return failure(
            { code: 'http.refused', sentence: 'The address has no host that is written out.', detail: {} },
            { error: 'refused' },
          );
        try {
          const answer = await outgoing.of(runtime).request({
            url,
            method: step.method,
            headers: {
              ...(body === undefined ? {} : { 'content-type': 'application/json' }),
              'user-agent': 'PulseStack',
              ...headers,
              'idempotency-key': key,
              ...signRequest(runtime, live.workspaceId, key, body ?? ''),
            },
            ...(body === undefined ? {} : { body }),
            timeoutMs: step.timeoutMs,
            signal,
            maxBytes: MAX_ANSWER_BYTES,
          });
          return judge(step.expect, answer);
        } catch (error) {
          if (!(error instanceof HttpFailure)) throw error;
          const code = error.kind === 'refused' ? 'http.refused' : 'http.failed';
          return failure({ code, sentence: error.message, detail: { kind: error.kind } }, { error: error.kind });
        }
      },
    };
  },
});

/** The host of an address in the form in which it is asked; null when values could change it. */
function literalHost(url: string): string | null {
  const origin = /^https?:\/\/[^/\\?#{}\s]+(?=[/\\?#]|$)/i.exec(url)?.[0];
  return origin === undefined ? null : (URL.parse(origin)?.host ?? null);
}

function problemOfHeader(name: string): string | null {
  if (!TOKEN.test(name)) return `headers/${name} is no name of a header`;
  if (OURS.has(name.toLowerCase())) return `headers/${name} is set by PulseStack`;
  return null;
}

function judge(
  expect: Record<string, unknown> | undefined,
  answer: { status: number; body: string; truncated: boolean },
): Data {
  const { status } = answer;
  const body = answer.truncated ? undefined : parse(answer.body);
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  const output: Data = { ...(isObject ? (body as Data) : {}), status };
  const shown = answer.body.slice(0, 500);
  if (status < 200 || status > 299)
    return failure(
      { code: 'http.failed', sentence: `The server answered ${status}.`, detail: { status, body: shown } },
      output,
    );
  const misfit = expect === undefined ? null : compileSchema(expect).misfit(body ?? null);
  if (misfit) {
    const sentence = `The answer does not fit: ${misfit.path || '/'} ${misfit.message}`;
    return failure(
      { code: 'http.mismatch', sentence, detail: { status, path: misfit.path || '/', body: shown } },
      output,
    );
  }
  if (!isObject) return { failed: false, output, said: { code: 'http.warning', detail: { status, body: shown } } };
  return {
    failed: false,
    output,
    said: { code: 'http.answered', sentence: `The server answered ${status}.`, detail: { status } },
  };
}

function failure(said: Said, output: Data): Data {
  return { failed: true, output: { ...output, failed: true }, said: said as unknown as Data };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
