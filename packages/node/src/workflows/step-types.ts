import type { ActionInput, Condition, StepInput } from '../generated.ts';
import type { CodeHandler } from './code.ts';
import type { AnyExpression, Expression } from './expression.ts';
import type { AnySchema, Loose } from './schema.ts';

export interface Common {
  /** What people read. */
  name?: string;
  /** The step is skipped unless it holds. */
  if?: Condition;
}

/** Text; expressions in it are filled in when the message is made. */
type Text = string | AnyExpression;
type StepOf<Type extends StepInput['type']> = Extract<StepInput, { type: Type }>;
/** The fields of a step as the definition has them, with expressions wherever text may stand. */
type Fields<Type extends StepInput['type']> = {
  [Name in keyof StepOf<Type> as Name extends 'id' | 'type' ? never : Name]: string extends NonNullable<
    StepOf<Type>[Name]
  >
    ? Text | Extract<StepOf<Type>[Name], undefined>
    : StepOf<Type>[Name];
};

export type Channel = 'in_app' | 'email' | 'sms' | 'push' | 'whatsapp' | 'chat' | 'webhook';

/** What a function may make of each channel's content. */
interface Made {
  in_app: {
    title: string;
    body?: string;
    icon?: string | null;
    image?: string | null;
    link?: string | null;
    actions?: ActionInput[];
    data?: object;
    collapseKey?: string | null;
  };
  email: {
    subject: string;
    html: string;
    text?: string;
    preheader?: string;
    from?: string | null;
    replyTo?: string | null;
  };
  sms: { body: string };
  push: { title: string; body?: string; link?: string | null; image?: string | null; data?: object };
  whatsapp: { body: string };
  chat: { body: string };
  webhook: { body: unknown };
}

type WrittenOut = 'template' | 'templateData' | 'contentFrom' | 'data' | 'attachments';
type Written<Type extends Channel> = Omit<Fields<Type>, WrittenOut> & {
  content?: never;
} & (Type extends 'webhook' ? unknown : { template?: string; templateData?: object }) &
  (Type extends 'in_app' | 'push' ? { data?: object } : unknown) &
  (Type extends 'email' ? { attachments?: readonly (string | AnyExpression)[] } : unknown);

/** Each channel: written out in texts and templates, or made by a function of your application. */
export type ByChannel<Payload> = {
  [Type in Exclude<Channel, 'webhook'>]:
    | Written<Type>
    | (Common & {
        /** Called when a run gets here; what it returns is sent as it is. */
        content: CodeHandler<Payload, Made[Type]>;
      });
} & { webhook: Common & { body?: unknown } };

export interface CodeOptions<Payload, Schema extends AnySchema | undefined> extends Common {
  /** What the output must fit. */
  output?: Schema;
  timeoutMs?: number;
  /** Tries after the first. Default: 5. */
  retries?: number;
  /** When all tries fail, the run goes on with `failed: true` as the output. */
  continueOnFailure?: boolean;
  /** For previews: true when the function changes nothing, or another one that does not. */
  preview?: boolean | CodeHandler<Payload, object>;
}

export type Http<Schema extends AnySchema | undefined> = Omit<Fields<'http'>, 'expect' | 'body' | 'headers'> & {
  headers?: Record<string, Text>;
  body?: unknown;
  /** What the answer must fit. */
  expect?: Schema;
};

export type Delay = Common &
  (
    | { for: string; until?: never; untilPath?: never; at?: never }
    | { until: Text; for?: never; untilPath?: never; at?: never }
    | { untilPath: string | Expression<string>; for?: never; until?: never; at?: never }
    | { at: string; for?: never; until?: never; untilPath?: never }
  );

export type Digest = Common & {
  key?: string | AnyExpression;
  flushAt?: number;
  lookBack?: string;
  sliding?: { max: string };
} & ({ window: string; cron?: never } | { cron: string; window?: never });

/** What stands behind a digest. */
export interface Digested<Payload> {
  count: Expression<number>;
  key: Expression<string>;
  openedAt: Expression<string>;
  events: Expression<{ id: string; at: string; payload: Payload }[]>;
}

export type Throttle = Common & { limit?: number; key?: string | AnyExpression } & (
    | { window: string; windowPath?: never }
    | { windowPath: string | AnyExpression; window?: never }
  );

/** How far a message is, for conditions of later steps. */
export interface MessageProgress {
  messageId: string | null;
  state: string | null;
  seenAt: string | null;
  readAt: string | null;
  clickedAt: string | null;
}

export interface BranchOf {
  name?: string;
  if: Condition;
  steps: () => void;
}

export interface WaitedEvent {
  event: string;
  /** Sees the payload of the awaited event. */
  if?: (payload: Expression<Loose>) => Condition;
  steps?: () => void;
}

/** What stands behind a wait: the event that ended it, or nothing when its time did. */
export interface AwaitedEvent {
  event: string | null;
  at: string | null;
  payload: Loose;
}

export interface ArmOf {
  name: string;
  weight: number;
  steps: () => void;
}
