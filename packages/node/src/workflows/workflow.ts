import type { Condition, Json, Priority, StepInput } from '../generated.ts';
import { StepBuilder } from './builder.ts';
import type { Registered, RunUser } from './code.ts';
import { type Expression, expressionAt, plain } from './expression.ts';
import { type AnySchema, type InputOf, jsonSchemaOf, type Loose, type OutputOf } from './schema.ts';

/** What a workflow is, beside its steps. */
export interface WorkflowOptions<Schema extends AnySchema> {
  /** What people read. Default: made from the key. */
  name?: string;
  description?: string;
  category?: string;
  priority?: Priority;
  /** Passes preferences, caps and quiet hours. */
  critical?: boolean;
  tags?: string[];
  /** The event that starts it, beside a call by its key, and a condition. */
  trigger?: { event?: string; if?: (seen: Seen<InputOf<Schema>>) => Condition };
  /** A triggered payload that does not fit is refused, and defaults are filled in. Zod, another Standard Schema, or JSON Schema. */
  payload?: Schema;
}

/** What a run sees, for texts and conditions. */
export interface Seen<Payload> {
  payload: Expression<Payload>;
  user: Expression<RunUser>;
  event: Expression<{ id: string; name: string; at: string }>;
  /** The id of the user who caused it. */
  actor: Expression<string | null>;
  workspace: Expression<{ id: string }>;
  presence: Expression<{ online: boolean }>;
  now: Expression<string>;
}

/** A definition as the API and the dashboard have it. */
export interface Definition {
  key: string;
  name: string;
  description?: string;
  category?: string;
  priority?: Priority;
  critical?: boolean;
  tags?: string[];
  trigger?: { event?: string; if?: Condition };
  payload?: Record<string, Json>;
  steps: StepInput[];
}

/** A workflow in code: its definition, which is data, and the functions behind its code steps. */
export interface Workflow<Payload = Loose> {
  readonly key: string;
  readonly definition: Definition;
  readonly schema: AnySchema | undefined;
  readonly code: ReadonlyMap<string, Registered>;
  /** Only for the compiler: what it takes. */
  readonly payload?: Payload;
}

/** A workflow of which only what all have is asked. */
// oxlint-disable-next-line typescript/no-explicit-any -- each has a payload of its own
export type AnyWorkflow = Workflow<any>;

const KEY = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/**
 * Writes a workflow in code. The function is called once, now: what it does with `step` becomes the definition, the same data
 * as in the dashboard. Only functions given to `step.run` and `content` are called later, when runs reach them.
 *
 * ```ts
 * const digest = workflow('comment-digest', { payload: z.object({ post: z.string() }) }, (step, { payload }) => {
 *   const collected = step.digest('collect', { window: '10m', key: payload.post });
 *   step.inApp('tell', { title: `${collected.count} new comments on ${payload.post}` });
 * });
 * ```
 */
export function workflow<const Schema extends AnySchema = { readonly type: 'object' }>(
  key: string,
  options: WorkflowOptions<Schema>,
  build: (step: StepBuilder<InputOf<Schema>, OutputOf<Schema>>, seen: Seen<InputOf<Schema>>) => void,
): Workflow<InputOf<Schema>> {
  if (!KEY.test(key))
    throw new TypeError(`"${key}" is no key of a workflow: a–z, 0–9, dot, dash and underscore, at most 64 characters.`);
  const { name = nameOf(key), trigger, payload, ...rest } = options;
  const seen = seenBy<InputOf<Schema>>();
  const builder = new StepBuilder<InputOf<Schema>, OutputOf<Schema>>(key);
  const returned = build(builder, seen) as unknown;
  if (returned instanceof Promise)
    throw new TypeError(`The steps of "${key}" must be written synchronously; what takes time belongs into step.run.`);
  const steps = builder.steps;
  if (steps.length === 0) throw new TypeError(`The workflow "${key}" has no steps.`);
  const definition = plain<Definition>({
    key,
    name,
    ...rest,
    ...(trigger === undefined ? {} : { trigger: { event: trigger.event, if: trigger.if?.(seen) } }),
    ...(payload === undefined ? {} : { payload: jsonSchemaOf(payload, `The payload of "${key}"`) }),
    steps,
  });
  return { key, definition, schema: payload, code: builder.code };
}

function seenBy<Payload>(): Seen<Payload> {
  return {
    payload: expressionAt('payload'),
    user: expressionAt('user'),
    event: expressionAt('event'),
    actor: expressionAt('actor'),
    workspace: expressionAt('workspace'),
    presence: expressionAt('presence'),
    now: expressionAt('now'),
  };
}

/** `order-shipped` becomes `Order shipped`. */
function nameOf(key: string): string {
  const words = key.replaceAll(/[._-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
