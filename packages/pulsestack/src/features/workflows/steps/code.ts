import { CodeStepAnswer, type CodeStepRequest, type StepOf } from '@pulsestack/core';
import { compileSchema, problemsOfSchema } from '../../../kernel/json-schema.ts';
import type { Runtime } from '../../../kernel/runtime.ts';
import { askEndpoint, MAX_OUTPUT_BYTES, type Reply } from '../endpoints/ask.ts';
import type { Data, Live } from '../engine/live.ts';
import { type Said, stepKind } from './kind.ts';

const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 10 * 60 * 1000;
const MAX_ASKED_FOR_MS = 60 * 60 * 1000;

/** What came of one try, as it is kept until the step goes on with it. */
interface Tried {
  failed: boolean;
  output: Data;
  said: Said;
  /** Set when it is to be tried again. */
  afterMs?: number;
  attempt: number;
}

/**
 * Runs a function of the host application behind one of its endpoints. A try that failed sleeps in the database and not in
 * memory; every try, also after a crash, carries the same Idempotency-Key.
 */
export const code = stepKind({
  type: 'code',
  check: (step) =>
    step.output === undefined
      ? []
      : problemsOfSchema(step.output, '').map((one) => `output${one.field} ${one.message}`),
  run(step, live, { data, now }) {
    if (live.phase?.kind === 'answer') {
      const { failed, output, said, afterMs, attempt } = live.phase.answer as unknown as Tried;
      if (!failed) return { go: 'next', output, say: said };
      if (afterMs !== undefined && attempt <= step.retries) {
        const until = new Date(now.getTime() + afterMs);
        const sentence = `${said.sentence} It is tried again at ${until.toISOString()}.`;
        const say = { code: 'code.retried', sentence, detail: { attempt, until: until.toISOString() } } as const;
        return { go: 'sleep', until, stay: { kind: 'retry', attempt: attempt + 1 }, say };
      }
      const say = { ...said, detail: { ...said.detail, attempts: attempt } };
      return step.continueOnFailure ? { go: 'next', output, say } : { go: 'fail', say };
    }
    const attempt = live.phase?.kind === 'retry' ? live.phase.attempt : 1;
    const request: CodeStepRequest = {
      protocol: 1,
      type: 'run',
      workflow: live.workflow.key,
      version: live.workflow.version,
      step: step.id,
      run: live.id,
      attempt,
      timeoutMs: step.timeoutMs,
      data: data(),
    };
    return { go: 'call', call: (runtime, signal) => tryOnce(runtime, live, step, request, signal) };
  },
});

async function tryOnce(
  runtime: Runtime,
  live: Live,
  step: StepOf<'code'>,
  request: CodeStepRequest,
  signal: AbortSignal,
): Promise<Data> {
  const reply = await askEndpoint(runtime, live.workspaceId, step.endpoint, {
    method: 'POST',
    id: `${live.id}.${step.id}.${live.position.join('-')}`,
    body: JSON.stringify(request),
    timeoutMs: step.timeoutMs,
    maxBytes: MAX_OUTPUT_BYTES,
    signal,
  });
  return judge(step, reply, request.attempt) as unknown as Data;
}

function judge(step: StepOf<'code'>, reply: Reply, attempt: number): Tried {
  const failure = (said: Said, afterMs?: number): Tried => ({
    failed: true,
    output: { failed: true },
    said,
    attempt,
    ...(afterMs === undefined ? {} : { afterMs }),
  });
  if (reply.kind !== 'answer') {
    const detail = { attempt, ...(reply.status === null ? {} : { status: reply.status }) };
    const said = { code: reply.kind === 'refused' ? 'code.refused' : 'code.failed', sentence: reply.sentence, detail };
    return failure(said as Said, reply.retry ? pauseMs(attempt, reply.afterMs) : undefined);
  }
  const answer = CodeStepAnswer.safeParse(reply.body);
  if (!answer.success) {
    const sentence = `The endpoint "${step.endpoint}" answered something else than { "output": { … } }.`;
    return failure({ code: 'code.mismatch', sentence });
  }
  const { output } = answer.data;
  const misfit = step.output === undefined ? null : compileSchema(step.output).misfit(output);
  if (misfit) {
    const path = misfit.path || '/';
    const sentence = `The output of the code does not fit its schema: ${path} ${misfit.message}`;
    return failure({ code: 'code.mismatch', sentence, detail: { path } });
  }
  const sentence = `The code answered${attempt === 1 ? '' : ` at try ${attempt}`}.`;
  return { failed: false, output: output as Data, said: { code: 'code.answered', sentence }, attempt };
}

function pauseMs(attempt: number, askedForMs: number | undefined): number {
  const ownMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));
  return askedForMs === undefined ? ownMs : Math.min(MAX_ASKED_FOR_MS, Math.max(ownMs, askedForMs));
}
