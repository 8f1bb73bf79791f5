import type { Condition, StepInput } from '../generated.ts';
import type { CodeHandler, Registered } from './code.ts';
import { type AnyExpression, type Expression, expressionAt, type ItemOf, pathOf, plain } from './expression.ts';
import { type AnySchema, type InputOf, jsonSchemaOf, type Loose } from './schema.ts';
import type {
  ArmOf,
  AwaitedEvent,
  BranchOf,
  ByChannel,
  Channel,
  CodeOptions,
  Common,
  Delay,
  Digest,
  Digested,
  Http,
  MessageProgress,
  Throttle,
  WaitedEvent,
} from './step-types.ts';
import type { AnyWorkflow } from './workflow.ts';

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Writes the steps of a workflow, one call each. What a call returns stands for what the step leaves behind. */
export class StepBuilder<Payload, Parsed = Payload> {
  readonly steps: StepInput[] = [];
  readonly code = new Map<string, Registered>();
  readonly #workflow: string;
  readonly #ids = new Set<string>();
  #list: StepInput[] = this.steps;

  constructor(workflow: string) {
    this.#workflow = workflow;
  }

  inApp(id: string, content: ByChannel<Parsed>['in_app']): Expression<MessageProgress> {
    return this.#message(id, 'in_app', content);
  }

  email(id: string, content: ByChannel<Parsed>['email']): Expression<MessageProgress> {
    return this.#message(id, 'email', content);
  }

  sms(id: string, content: ByChannel<Parsed>['sms']): Expression<MessageProgress> {
    return this.#message(id, 'sms', content);
  }

  push(id: string, content: ByChannel<Parsed>['push']): Expression<MessageProgress> {
    return this.#message(id, 'push', content);
  }

  whatsapp(id: string, content: ByChannel<Parsed>['whatsapp']): Expression<MessageProgress> {
    return this.#message(id, 'whatsapp', content);
  }

  chat(id: string, content: ByChannel<Parsed>['chat']): Expression<MessageProgress> {
    return this.#message(id, 'chat', content);
  }

  webhook(id: string, content: ByChannel<Parsed>['webhook'] = {}): Expression<MessageProgress> {
    return this.#message(id, 'webhook', content);
  }

  /** Runs a function of your application when a run gets here. Its answer is there for later steps. */
  run<Output extends object, const Schema extends AnySchema | undefined = undefined>(
    id: string,
    handler: CodeHandler<Parsed, Output & (Schema extends AnySchema ? InputOf<Schema> : unknown)>,
    options: CodeOptions<Parsed, Schema> = {},
  ): Expression<Schema extends AnySchema ? InputOf<Schema> : Output> {
    const { output, preview, ...rest } = options;
    this.#add(id, {
      type: 'code',
      ...rest,
      ...(output === undefined ? {} : { output: jsonSchemaOf(output, `The output of "${id}"`) }),
    });
    this.code.set(id, { run: handler, preview: preview === true ? handler : preview || null });
    return expressionAt('steps', id);
  }

  /** Asks any server over HTTP. */
  http<const Schema extends AnySchema | undefined = undefined>(
    id: string,
    { expect, ...request }: Http<Schema>,
  ): Expression<(Schema extends AnySchema ? InputOf<Schema> : Loose) & { status: number }> {
    this.#add(id, {
      type: 'http',
      ...request,
      ...(expect === undefined ? {} : { expect: jsonSchemaOf(expect, `The answer that "${id}" expects`) }),
    });
    return expressionAt('steps', id);
  }

  delay(id: string, options: Delay): void {
    const { untilPath, ...rest } = options;
    this.#add(id, { type: 'delay', ...rest, ...(untilPath === undefined ? {} : { untilPath: pathOf(untilPath) }) });
  }

  /** Collects events; what comes behind sees all of them. */
  digest(id: string, { key, ...options }: Digest): Digested<Payload> {
    this.#add(id, { type: 'digest', ...options, ...(key === undefined ? {} : { key: pathOf(key) }) });
    return {
      count: expressionAt('digest', 'count'),
      key: expressionAt('digest', 'key'),
      openedAt: expressionAt('digest', 'openedAt'),
      events: expressionAt('events'),
    };
  }

  throttle(id: string, { key, windowPath, ...options }: Throttle): void {
    this.#add(id, {
      type: 'throttle',
      ...options,
      ...(key === undefined ? {} : { key: pathOf(key) }),
      ...(windowPath === undefined ? {} : { windowPath: pathOf(windowPath) }),
    });
  }

  updateUser(id: string, attributes: object, options: Common = {}): void {
    this.#add(id, { type: 'update_user', ...options, attributes });
  }

  subscribe(id: string, topic: string | AnyExpression, options: Common = {}): void {
    this.#add(id, { type: 'update_topic', ...options, topic, action: 'subscribe' });
  }

  unsubscribe(id: string, topic: string | AnyExpression, options: Common = {}): void {
    this.#add(id, { type: 'update_topic', ...options, topic, action: 'unsubscribe' });
  }

  /** Starts another workflow for the same user. */
  invoke(id: string, workflow: string | AnyWorkflow, options: Common & { payload?: object } = {}): void {
    this.#add(id, { type: 'invoke', ...options, workflow: typeof workflow === 'string' ? workflow : workflow.key });
  }

  stop(id: string, options: Common & { reason?: string } = {}): void {
    this.#add(id, { type: 'stop', ...options });
  }

  /** The first branch whose condition holds is taken, or else the last function. */
  branch(id: string, branches: readonly BranchOf[], otherwise?: () => void, options: Common = {}): void {
    this.#add(id, () => ({
      type: 'branch',
      ...options,
      branches: branches.map(({ steps, ...branch }) => ({ ...branch, steps: this.#inside(steps) })),
      ...(otherwise === undefined ? {} : { else: this.#inside(otherwise) }),
    }));
  }

  /** Waits for events of this user; the first that comes decides. */
  wait(
    id: string,
    wait: Common & { timeout: string; events: readonly WaitedEvent[]; onTimeout?: () => void },
  ): Expression<AwaitedEvent> {
    const { events, onTimeout, ...rest } = wait;
    this.#add(id, () => ({
      type: 'wait',
      ...rest,
      events: events.map(({ event, if: condition, steps }) => ({
        event,
        ...(condition === undefined ? {} : { if: condition(expressionAt('event', 'payload')) }),
        ...(steps === undefined ? {} : { steps: this.#inside(steps) }),
      })),
      ...(onTimeout === undefined ? {} : { onTimeout: this.#inside(onTimeout) }),
    }));
    return expressionAt('steps', id);
  }

  /** Goes through a list, at most `max` of it; `as` is its name in texts. */
  loop<List extends AnyExpression>(
    id: string,
    over: [ItemOf<List>] extends [never] ? never : List,
    each: (item: ItemOf<List>, index: Expression<number>) => void,
    { as = 'item', ...options }: Common & { as?: string; max?: number } = {},
  ): void {
    this.#add(id, () => ({
      type: 'loop',
      ...options,
      over: pathOf(over),
      as,
      steps: this.#inside(() => each(expressionAt(as) as ItemOf<List>, expressionAt('index'))),
    }));
  }

  /** Sends each user through one of the arms, always the same one. */
  split(id: string, arms: readonly ArmOf[], options: Common = {}): void {
    this.#add(id, () => ({
      type: 'split',
      ...options,
      arms: arms.map(({ steps, ...arm }) => ({ ...arm, steps: this.#inside(steps) })),
    }));
  }

  #message(id: string, type: Channel, given: object): Expression<MessageProgress> {
    const { content, ...fields } = given as { content?: CodeHandler<Parsed, object>; if?: Condition };
    if (typeof content !== 'function') this.#add(id, { type, ...fields });
    else {
      // The message comes from what this step makes, so it is made under the same condition.
      const source = `${id}-content`;
      this.run(source, content, { preview: true, ...(fields.if === undefined ? {} : { if: fields.if }) });
      this.#add(id, { type, ...fields, contentFrom: source });
    }
    return expressionAt('steps', id);
  }

  #add(id: string, step: object | (() => object)): void {
    if (!ID.test(id))
      throw new TypeError(`"${id}" is no id of a step: a–z, 0–9, dot, dash and underscore, at most 64 characters.`);
    if (this.#ids.has(id)) throw new TypeError(`The workflow "${this.#workflow}" has two steps "${id}".`);
    this.#ids.add(id);
    const made = typeof step === 'function' ? step() : step;
    this.#list.push(plain<StepInput>({ id, ...made }));
  }

  #inside(write: () => void): StepInput[] {
    const outer = this.#list;
    const inner: StepInput[] = [];
    this.#list = inner;
    try {
      write();
    } finally {
      this.#list = outer;
    }
    return inner;
  }
}
