import { z } from 'zod';
import { TopicKey } from './audience.ts';
import { Duration } from './duration.ts';
import { Priority } from './notification.ts';
import { JsonObject, line, Slug, text } from './text.ts';

/** `domain.action`, such as `comment.created`. */
export const EventName = z
  .string()
  .max(128)
  .regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/, 'must be domain.action, such as comment.created')
  .refine((name) => !name.startsWith('ps.'), 'must not begin with ps.')
  .meta({ examples: ['comment.created'] });

/**
 * A condition in JSON Logic over `payload`, `user`, `steps`, `event`, `events`, `workspace`, `presence` and `now`:
 * `{ ">": [{ "var": "payload.amount" }, 100] }`.
 */
export const Condition = z
  .record(z.string().max(64), z.json())
  .refine((rule) => JSON.stringify(rule).length <= 8192, 'must not exceed 8192 characters')
  .meta({ description: 'JSON Logic', examples: [{ '>': [{ var: 'payload.amount' }, 100] }] });
export type Condition = z.infer<typeof Condition>;

/** A path into the data of a run, such as `payload.post.id`. */
export const DataPath = z
  .string()
  .max(256)
  .regex(/^[a-zA-Z_][\w-]*(\.[\w-]+)*$/, 'must be a path such as payload.post.id');

/** Text with Liquid in it. */
const liquid = (max: number) => text(max);

/** Five fields, evaluated in the user's time zone unless one is named. */
export const Cron = z
  .string()
  .min(9)
  .max(120)
  .meta({ examples: ['0 9 * * 1-5'] });

const common = {
  id: Slug.meta({ description: 'Unique in the workflow; later steps speak of it as steps.<id>' }),
  name: line(120).optional(),
  if: Condition.optional().meta({ description: 'The step is skipped unless this is true' }),
};

/** Content written in the step itself, a template by its key, or what a code step has made; never two of them. */
const shared = {
  template: Slug.optional(),
  templateData: JsonObject.optional(),
  contentFrom: Slug.optional().meta({
    description: 'The code step before it whose output is the content, taken as it is: nothing in it is rendered',
  }),
};

const InAppStep = z.strictObject({
  ...common,
  ...shared,
  type: z.literal('in_app'),
  title: liquid(500).optional(),
  body: liquid(10_000).optional(),
  icon: liquid(2048).optional(),
  image: liquid(2048).optional(),
  link: liquid(2048).optional(),
  actions: z
    .array(
      z.strictObject({
        id: Slug,
        label: liquid(200),
        link: liquid(2048).optional(),
        style: z.enum(['primary', 'secondary', 'danger']).optional(),
      }),
    )
    .max(3)
    .optional(),
  data: JsonObject.optional(),
  collapseKey: liquid(256).optional(),
});

const EmailStep = z.strictObject({
  ...common,
  ...shared,
  type: z.literal('email'),
  subject: liquid(500).optional(),
  /** Markdown with Liquid; a template gives MJML or blocks instead. */
  body: liquid(100_000).optional(),
  preheader: liquid(500).optional(),
  from: liquid(320).optional(),
  replyTo: liquid(320).optional(),
  layout: Slug.optional(),
  /** Paths into the payload: each `{ filename, contentType, content }` with base64, or an array of them. */
  attachments: z.array(DataPath).max(10).optional(),
});

const SmsStep = z.strictObject({ ...common, ...shared, type: z.literal('sms'), body: liquid(1600).optional() });
const WhatsappStep = z.strictObject({
  ...common,
  ...shared,
  type: z.literal('whatsapp'),
  body: liquid(4096).optional(),
});
const ChatStep = z.strictObject({ ...common, ...shared, type: z.literal('chat'), body: liquid(10_000).optional() });
const PushStep = z.strictObject({
  ...common,
  ...shared,
  type: z.literal('push'),
  title: liquid(500).optional(),
  body: liquid(4096).optional(),
  link: liquid(2048).optional(),
  image: liquid(2048).optional(),
  data: JsonObject.optional(),
});
const WebhookStep = z.strictObject({
  ...common,
  type: z.literal('webhook'),
  /** Body as JSON whose texts may hold Liquid; default: the whole message. */
  body: z.json().optional(),
});

const DelayStep = z
  .strictObject({
    ...common,
    type: z.literal('delay'),
    for: Duration.optional(),
    /** An instant, in Liquid or fixed. */
    until: liquid(256).optional(),
    /** A path to an instant in the payload. */
    untilPath: DataPath.optional(),
    /** The next time of day, `HH:mm`, in the zone of the user. */
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .optional(),
  })
  .refine(
    (step) => [step.for, step.until, step.untilPath, step.at].filter((one) => one !== undefined).length === 1,
    'needs exactly one of for, until, untilPath and at',
  );

const DigestStep = z
  .strictObject({
    ...common,
    type: z.literal('digest'),
    /** How long the window stays open after its first event. */
    window: Duration.optional(),
    /** Closes at the fires of this cron, in the zone of the user. */
    cron: Cron.optional(),
    /** Each event moves the end by `window`, up to `max` after the first. */
    sliding: z.strictObject({ max: Duration }).optional(),
    /** The first event passes at once when none came during this time before it; later ones are collected. */
    lookBack: Duration.optional(),
    /** One digest for each value found here. */
    key: DataPath.optional(),
    /** Closes early when so many events are in. */
    flushAt: z.number().int().min(2).max(10_000).optional(),
  })
  .refine((step) => (step.window === undefined) !== (step.cron === undefined), 'needs either window or cron');

const ThrottleStep = z
  .strictObject({
    ...common,
    type: z.literal('throttle'),
    limit: z.number().int().min(1).max(10_000).default(1),
    window: Duration.optional(),
    /** A path to an instant until which it stays closed, or to a duration. */
    windowPath: DataPath.optional(),
    key: DataPath.optional(),
  })
  .refine(
    (step) => (step.window === undefined) !== (step.windowPath === undefined),
    'needs either window or windowPath',
  );

const HttpStep = z.strictObject({
  ...common,
  type: z.literal('http'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  url: liquid(2048),
  headers: z.record(z.string().max(128), liquid(2048)).optional(),
  body: z.json().optional(),
  timeoutMs: z.number().int().min(100).max(30_000).default(5000),
  /** JSON Schema the answer must fit. */
  expect: z.record(z.string(), z.json()).optional(),
  continueOnFailure: z.boolean().default(false),
});

/** A function of the host application, called at a registered endpoint. */
const CodeStep = z.strictObject({
  ...common,
  type: z.literal('code'),
  endpoint: Slug.default('app').meta({ description: 'The registered endpoint whose application has the function' }),
  timeoutMs: z.number().int().min(100).max(30_000).default(10_000),
  /** After the first try; each waits twice as long as the one before, and all carry the same Idempotency-Key. */
  retries: z.number().int().min(0).max(10).default(5),
  /** JSON Schema the output must fit. */
  output: z.record(z.string(), z.json()).optional(),
  continueOnFailure: z.boolean().default(false),
});

const UpdateUserStep = z.strictObject({
  ...common,
  type: z.literal('update_user'),
  /** Attributes to set; texts may hold Liquid, null removes. */
  attributes: JsonObject,
});

const UpdateTopicStep = z.strictObject({
  ...common,
  type: z.literal('update_topic'),
  topic: z.union([TopicKey, liquid(256)]),
  action: z.enum(['subscribe', 'unsubscribe']),
});

const InvokeStep = z.strictObject({
  ...common,
  type: z.literal('invoke'),
  workflow: Slug,
  payload: JsonObject.optional(),
});

const StopStep = z.strictObject({ ...common, type: z.literal('stop'), reason: line(200).optional() });

const steps = z.lazy((): z.ZodType<Step[]> => z.array(Step).max(50));

const BranchStep = z.strictObject({
  ...common,
  type: z.literal('branch'),
  branches: z
    .array(z.strictObject({ name: line(120).optional(), if: Condition, steps }))
    .min(1)
    .max(10),
  else: steps.optional(),
});

const WaitStep = z.strictObject({
  ...common,
  type: z.literal('wait'),
  /** The first that happens for this user decides. */
  events: z
    .array(
      z.strictObject({
        event: EventName,
        if: Condition.optional().meta({ description: 'Sees the awaited event as `event` beside the data of the run' }),
        steps: steps.optional(),
      }),
    )
    .min(1)
    .max(10),
  timeout: Duration,
  onTimeout: steps.optional(),
});

const LoopStep = z.strictObject({
  ...common,
  type: z.literal('loop'),
  over: DataPath,
  as: z
    .string()
    .regex(/^[a-z][a-zA-Z0-9_]{0,31}$/)
    .default('item'),
  max: z.number().int().min(1).max(100).default(20),
  steps,
});

const SplitStep = z.strictObject({
  ...common,
  type: z.literal('split'),
  /** Chosen by a stable hash of workflow, step and user, so a person stays in the same arm. */
  arms: z
    .array(z.strictObject({ name: Slug, weight: z.number().int().min(1).max(1000), steps }))
    .min(2)
    .max(10),
});

interface Common {
  id: string;
  name?: string | undefined;
  if?: Condition | undefined;
}
type Flat =
  | z.infer<typeof InAppStep>
  | z.infer<typeof EmailStep>
  | z.infer<typeof SmsStep>
  | z.infer<typeof WhatsappStep>
  | z.infer<typeof ChatStep>
  | z.infer<typeof PushStep>
  | z.infer<typeof WebhookStep>
  | z.infer<typeof DelayStep>
  | z.infer<typeof DigestStep>
  | z.infer<typeof ThrottleStep>
  | z.infer<typeof HttpStep>
  | z.infer<typeof CodeStep>
  | z.infer<typeof UpdateUserStep>
  | z.infer<typeof UpdateTopicStep>
  | z.infer<typeof InvokeStep>
  | z.infer<typeof StopStep>;

/** One part of a workflow. */
export type Step =
  | Flat
  | (Common & {
      type: 'branch';
      branches: { name?: string | undefined; if: Condition; steps: Step[] }[];
      else?: Step[] | undefined;
    })
  | (Common & {
      type: 'wait';
      events: { event: string; if?: Condition | undefined; steps?: Step[] | undefined }[];
      timeout: string;
      onTimeout?: Step[] | undefined;
    })
  | (Common & { type: 'loop'; over: string; as: string; max: number; steps: Step[] })
  | (Common & { type: 'split'; arms: { name: string; weight: number; steps: Step[] }[] });

export const Step: z.ZodType<Step> = z.discriminatedUnion('type', [
  InAppStep,
  EmailStep,
  SmsStep,
  WhatsappStep,
  ChatStep,
  PushStep,
  WebhookStep,
  DelayStep,
  DigestStep,
  ThrottleStep,
  HttpStep,
  CodeStep,
  UpdateUserStep,
  UpdateTopicStep,
  InvokeStep,
  StopStep,
  BranchStep,
  WaitStep,
  LoopStep,
  SplitStep,
]) as unknown as z.ZodType<Step>;

export type StepOf<Type extends Step['type']> = Extract<Step, { type: Type }>;

/** What starts a workflow, beside a call by its key. */
export const Trigger = z.strictObject({
  event: EventName.optional(),
  if: Condition.optional().meta({ description: 'Sees `payload` and `event`; the workflow does not start when false' }),
});

/** A workflow as it is written: the same whether drawn, sent to the API or programmed. */
export const WorkflowDefinition = z
  .strictObject({
    key: Slug,
    name: line(120),
    description: text(1000).optional(),
    category: Slug.default('general'),
    priority: Priority.default('normal'),
    critical: z.boolean().default(false).meta({ description: 'Passes preferences, caps and quiet hours' }),
    tags: z.array(Slug).max(20).default([]),
    trigger: Trigger.default({}),
    /** JSON Schema of the payload; a trigger that does not fit is refused, defaults are filled in. */
    payload: z.record(z.string(), z.json()).optional(),
    steps: z.array(Step).min(1).max(50),
  })
  .meta({ id: 'WorkflowDefinition' });
export type WorkflowDefinition = z.infer<typeof WorkflowDefinition>;
export type WorkflowInput = z.input<typeof WorkflowDefinition>;
