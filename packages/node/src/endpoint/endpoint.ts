import type { CodeContext, Registered } from '../workflows/code.ts';
import { StepFailed } from '../workflows/code.ts';
import { checked } from '../workflows/schema.ts';
import type { AnyWorkflow } from '../workflows/workflow.ts';
import { isSigned } from './signature.ts';

export interface EndpointOptions {
  workflows: readonly AnyWorkflow[];
  /** What registering the endpoint told, `whsec_…`; two while it is being rotated. Without one nothing is answered. */
  secret: string | readonly string[] | undefined;
  /** Milliseconds since 1970, for tests with a clock of their own. */
  now?: () => number;
  /** Told of every error of your functions, which PulseStack only sees the message of. */
  onError?: (error: unknown, context: { workflow: string; step: string; run: string; attempt: number }) => void;
}

/** A request as it came: the body is the text itself, because the signature is over it; null when it is lost. */
export interface EndpointRequest {
  method: string;
  header: (name: string) => string | undefined;
  body: string | null;
}

export interface EndpointResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export type Handle = (request: EndpointRequest) => Promise<EndpointResponse>;

/** What is read of a request at most. */
export const MAX_BODY_BYTES = 8_000_000;
const PROTOCOL = 1;
const MAX_MESSAGE_CHARS = 300;

/** Answers PulseStack: `GET` which workflows there are, `POST` what a code step makes. Frameworks hand their requests to it. */
export function createHandle({ workflows, secret, now = Date.now, onError }: EndpointOptions): Handle {
  const byKey = new Map(workflows.map((one) => [one.key, one]));
  if (byKey.size < workflows.length) throw new TypeError('Two workflows have the same key.');
  const secrets = [secret ?? []].flat().filter((one) => one !== '');
  return async ({ method, header, body }) => {
    if (secrets.length === 0)
      return refuse(
        503,
        'secret.missing',
        'The endpoint has no secret; register it and give it the secret you are told.',
      );
    if (method !== 'GET' && method !== 'POST')
      return refuse(405, 'method', 'This address answers GET and POST.', { allow: 'GET, POST' });
    if (body === null)
      return refuse(
        500,
        'body.parsed',
        'The body was parsed before its signature could be checked: put serveWorkflows before express.json()',
      );
    if (body.length > MAX_BODY_BYTES) return refuse(413, 'too_large', `A request has at most ${MAX_BODY_BYTES} bytes.`);
    if (!isSigned(secrets, header, body, now()))
      return refuse(401, 'signature', 'The signature is missing, wrong or older than five minutes');
    if (method === 'GET')
      return answer(200, { protocol: PROTOCOL, sdk: 'node', workflows: workflows.map((one) => one.definition) });
    const request = readRequest(body);
    if (!request) return refuse(400, 'malformed', 'The body is no request of a code step.');
    const workflow = byKey.get(request.workflow);
    const registered = workflow?.code.get(request.step);
    if (!workflow || !registered)
      return refuse(
        404,
        'step.unknown',
        `There is no code step "${request.step}" in the workflow "${request.workflow}"`,
      );
    return runStep(workflow, registered, request, header('webhook-id') ?? '', onError);
  };
}

interface StepRequest {
  type: 'run' | 'preview';
  workflow: string;
  version: number;
  step: string;
  run: string;
  attempt: number;
  timeoutMs: number;
  data: Record<string, unknown>;
}

async function runStep(
  workflow: AnyWorkflow,
  registered: Registered,
  request: StepRequest,
  idempotencyKey: string,
  onError: EndpointOptions['onError'],
): Promise<EndpointResponse> {
  const { step, run, attempt } = request;
  const handler = request.type === 'preview' ? registered.preview : registered.run;
  if (!handler)
    return refuse(422, 'preview.none', `The step "${step}" cannot be previewed, because it may change something`);
  try {
    const output = await handler(await contextOf(workflow, request, idempotencyKey));
    if (typeof output !== 'object' || output === null || Array.isArray(output))
      return refuse(422, 'output.invalid', `The step "${step}" must return an object`);
    return answer(200, { output });
  } catch (error) {
    onError?.(error, { workflow: workflow.key, step, run, attempt });
    const message = (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE_CHARS);
    return error instanceof StepFailed ? refuse(422, 'step.failed', message) : refuse(500, 'step.threw', message);
  }
}

async function contextOf(workflow: AnyWorkflow, request: StepRequest, idempotencyKey: string) {
  const { data, type, timeoutMs, workflow: key, ...rest } = request;
  const payload = await checked(workflow.schema, data.payload).catch((error: Error) => {
    throw new StepFailed(`The payload does not fit: ${error.message}`);
  });
  return {
    ...rest,
    payload,
    user: data.user,
    steps: data.steps ?? {},
    events: data.events ?? [],
    event: data.event,
    actor: data.actor ?? null,
    workflow: key,
    idempotencyKey,
    preview: type === 'preview',
    signal: AbortSignal.timeout(timeoutMs),
  } as CodeContext<never>;
}

function readRequest(body: string): StepRequest | undefined {
  try {
    const read = JSON.parse(body) as Partial<StepRequest> & { protocol?: unknown };
    const isWhole =
      read.protocol === PROTOCOL &&
      (read.type === 'run' || read.type === 'preview') &&
      typeof read.workflow === 'string' &&
      typeof read.step === 'string' &&
      typeof read.timeoutMs === 'number' &&
      typeof read.data === 'object' &&
      read.data !== null;
    return isWhole ? (read as StepRequest) : undefined;
  } catch {
    return undefined;
  }
}

function answer(status: number, body: object, headers: Record<string, string> = {}): EndpointResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

function refuse(status: number, code: string, message: string, headers?: Record<string, string>): EndpointResponse {
  return answer(status, { error: { code, message } }, headers);
}
