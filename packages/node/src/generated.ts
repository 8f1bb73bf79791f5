// Written by `npm run generate` from the operations of the product. Change those, not this file.
import type { Call, CallOptions } from './call.ts';
import { Pages } from './pages.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The answer once the notification is durable. */
export interface Accepted {
  /** Id of the notification */
  id: string;
  audience: 'users' | 'topic' | 'everyone';
  /** Known for named users; null while a topic or the workspace fans out */
  recipients: number | null;
}

/** A button in the notification. With `link` it opens a page; without, its press is recorded and announced. */
export type Action = { id: string; label: string; link?: string; style: 'primary' | 'secondary' | 'danger' };

export type ActionInput = { id: string; label: string; link?: string; style?: 'primary' | 'secondary' | 'danger' };

/** Who sent it: a member, an API key, or the product itself. */
export type Actor = { kind: 'member' | 'key' | 'system'; id: string; name: string | null };

export interface ApiKey {
  /** Id of the apiKey */
  id: string;
  name: string;
  /** The beginning of the key, enough to recognise it */
  prefix: string;
  permissions: Permission[];
  /** ISO-8601 instant */
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
  /** The key it was rotated to; it works until it expires */
  replacedBy: string | null;
}

/** An API key in the only answer that ever shows its secret. */
export interface ApiKeyWithSecret {
  /** Id of the apiKey */
  id: string;
  name: string;
  /** The beginning of the key, enough to recognise it */
  prefix: string;
  permissions: Permission[];
  /** ISO-8601 instant */
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
  /** The key it was rotated to; it works until it expires */
  replacedBy: string | null;
  secret: string;
}

/** What became, or would become, of one workflow that came from code or files. */
export interface AppliedWorkflow {
  key: string;
  /** missing: it is no longer there, and stays as it is. refused: `problems` tells why. */
  status: 'created' | 'changed' | 'unchanged' | 'archived' | 'missing' | 'refused';
  /** The version that runs */
  version: number | null;
  /** Against what runs */
  changes: Change[];
  problems: FieldError[];
}

export interface AppliedWorkflows {
  /** False for a dry run, and when anything was refused */
  applied: boolean;
  workflows: AppliedWorkflow[];
}

/** One try to hand a message to a provider. */
export interface Attempt {
  /** Id of the attempt */
  id: string;
  number: number;
  provider: string;
  /** ISO-8601 instant */
  at: string;
  durationMs: number;
  outcome: 'accepted' | 'refused' | 'retry' | 'unknown';
  status: number | null;
  detail: string | null;
  providerMessageId: string | null;
}

/** Who gets it: named users, the subscribers of a topic, or everyone in the workspace. */
export type Audience = { users: string[] } | {
  /** Key of the topic */
  topic: string;
  except?: string[];
} | { everyone: true };

export interface AuditEntry {
  /** Id of the audit */
  id: string;
  /** ISO-8601 instant */
  at: string;
  action: string;
  actor: { kind: 'member' | 'key' | 'user' | 'system'; id: string; name: string | null };
  target: string | null;
  detail: Record<string, Json>;
  ip: string | null;
  requestId: string;
}

export interface AuditLogListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  action?: string;
  /** Id of a member or key */
  actor?: string;
  /** Id of what was changed */
  target?: string;
  from?: string;
  /** Before this instant */
  to?: string;
}

/** A part of an e-mail. Texts hold Liquid; columns hold blocks that are no columns. */
export type Block = {
  type: 'heading';
  text: string;
  level: 1 | 2 | 3;
  align?: 'start' | 'center' | 'end';
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'text';
  markdown: string;
  align?: 'start' | 'center' | 'end';
  muted?: boolean;
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'button';
  label: string;
  link: string;
  style: 'primary' | 'secondary' | 'danger';
  align?: 'start' | 'center' | 'end';
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'image';
  src: string;
  alt: string;
  width?: number;
  link?: string;
  align?: 'start' | 'center' | 'end';
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'divider';
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'spacer';
  height: number;
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'notice';
  markdown: string;
  tone: 'info' | 'success' | 'warning' | 'danger';
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'code';
  text: string;
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'facts';
  rows: { label: string; value: string }[];
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'meter';
  percent: string;
  label?: string;
  tone: 'info' | 'success' | 'warning' | 'danger';
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'list';
  over: string;
  as: string;
  max: number;
  title: string;
  markdown?: string;
  meta?: string;
  link?: string;
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'html';
  html: string;
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'columns';
  columns: ({
    type: 'heading';
    text: string;
    level: 1 | 2 | 3;
    align?: 'start' | 'center' | 'end';
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'text';
    markdown: string;
    align?: 'start' | 'center' | 'end';
    muted?: boolean;
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'button';
    label: string;
    link: string;
    style: 'primary' | 'secondary' | 'danger';
    align?: 'start' | 'center' | 'end';
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'image';
    src: string;
    alt: string;
    width?: number;
    link?: string;
    align?: 'start' | 'center' | 'end';
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'divider';
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'spacer';
    height: number;
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'notice';
    markdown: string;
    tone: 'info' | 'success' | 'warning' | 'danger';
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'code';
    text: string;
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'facts';
    rows: { label: string; value: string }[];
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'meter';
    percent: string;
    label?: string;
    tone: 'info' | 'success' | 'warning' | 'danger';
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'list';
    over: string;
    as: string;
    max: number;
    title: string;
    markdown?: string;
    meta?: string;
    link?: string;
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'html';
    html: string;
    /** The block is left out when nothing is found here */
    if?: string;
  })[][];
  /** The block is left out when nothing is found here */
  if?: string;
};

export type BlockInput = {
  type: 'heading';
  text: string;
  level?: 1 | 2 | 3;
  align?: 'start' | 'center' | 'end';
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'text';
  markdown: string;
  align?: 'start' | 'center' | 'end';
  muted?: boolean;
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'button';
  label: string;
  link: string;
  style?: 'primary' | 'secondary' | 'danger';
  align?: 'start' | 'center' | 'end';
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'image';
  src: string;
  alt: string;
  width?: number;
  link?: string;
  align?: 'start' | 'center' | 'end';
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'divider';
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'spacer';
  height?: number;
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'notice';
  markdown: string;
  tone?: 'info' | 'success' | 'warning' | 'danger';
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'code';
  text: string;
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'facts';
  rows: { label: string; value: string }[];
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'meter';
  percent: string;
  label?: string;
  tone?: 'info' | 'success' | 'warning' | 'danger';
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'list';
  over: string;
  as?: string;
  max?: number;
  title: string;
  markdown?: string;
  meta?: string;
  link?: string;
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'html';
  html: string;
  /** The block is left out when nothing is found here */
  if?: string;
} | {
  type: 'columns';
  columns: ({
    type: 'heading';
    text: string;
    level?: 1 | 2 | 3;
    align?: 'start' | 'center' | 'end';
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'text';
    markdown: string;
    align?: 'start' | 'center' | 'end';
    muted?: boolean;
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'button';
    label: string;
    link: string;
    style?: 'primary' | 'secondary' | 'danger';
    align?: 'start' | 'center' | 'end';
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'image';
    src: string;
    alt: string;
    width?: number;
    link?: string;
    align?: 'start' | 'center' | 'end';
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'divider';
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'spacer';
    height?: number;
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'notice';
    markdown: string;
    tone?: 'info' | 'success' | 'warning' | 'danger';
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'code';
    text: string;
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'facts';
    rows: { label: string; value: string }[];
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'meter';
    percent: string;
    label?: string;
    tone?: 'info' | 'success' | 'warning' | 'danger';
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'list';
    over: string;
    as?: string;
    max?: number;
    title: string;
    markdown?: string;
    meta?: string;
    link?: string;
    /** The block is left out when nothing is found here */
    if?: string;
  } | {
    type: 'html';
    html: string;
    /** The block is left out when nothing is found here */
    if?: string;
  })[][];
  /** The block is left out when nothing is found here */
  if?: string;
};

export interface Branding {
  name: string;
  logo: string | null;
  logoDark: string | null;
  website: string | null;
  colour: string;
  footer: string | null;
  address: string | null;
  locale: string;
}

/** How the messages of a workspace look: `{{ brand.name }}` and so on. */
export interface BrandingInput {
  name?: string | null;
  logo?: string | null;
  /** For dark backgrounds */
  logoDark?: string | null;
  website?: string | null;
  /** Of buttons and links */
  colour?: string | null;
  /** One or two sentences under every e-mail */
  footer?: string | null;
  /** Postal address, which many countries require in advertising */
  address?: string | null;
  /** Of users who have none, and the last one tried for a translation */
  locale?: string | null;
}

/** What the installation says about its bus to a workspace. */
export interface BusStatus {
  /** memory: within one process, without a broker */
  kind: 'memory' | 'kafka' | 'nats';
  healthy: boolean;
  /** Patterns of the topics that this workspace may use */
  topics: string[];
}

/** How often a user reads a category: at once, or collected. */
export type Cadence = { every: 'instant' } | { every: 'hourly' } | {
  every: 'daily';
  /** Local time of day */
  at: string;
} | {
  every: 'weekly';
  weekday: number;
  /** Local time of day */
  at: string;
};

/** At most so many messages in a time. */
export interface CapRule {
  key: string;
  /** What is counted: each user, each category of each user, or all together */
  scope: 'user' | 'category' | 'workspace';
  /** Every channel when left out */
  channel?: Channel;
  /** Only this category */
  category?: string;
  limit: number;
  /** A length of time: 30s, 15m, 2h, 3d, 1w */
  window: string;
  /** A message beyond the limit waits for a place, or is not sent */
  beyond: 'wait' | 'skip';
}

export interface CapRuleInput {
  key: string;
  /** What is counted: each user, each category of each user, or all together */
  scope: 'user' | 'category' | 'workspace';
  /** Every channel when left out */
  channel?: Channel;
  /** Only this category */
  category?: string;
  limit: number;
  /** A length of time: 30s, 15m, 2h, 3d, 1w */
  window: string;
  /** A message beyond the limit waits for a place, or is not sent */
  beyond?: 'wait' | 'skip';
}

export interface Category {
  key: string;
  name: string;
  description: string;
  /** On or off per channel */
  defaults: ChannelChoices;
  /** On or off per channel */
  forced: ChannelChoices;
  critical: boolean;
  digestible: boolean;
  cadence: Cadence;
  consent: string | null;
}

/** A kind of messages as users know it. */
export interface CategoryInput {
  name: string;
  description?: string;
  /** On unless said otherwise */
  defaults?: ChannelChoices;
  /** What users cannot change */
  forced?: ChannelChoices;
  /** Passes what users have chosen, caps, quiet hours and digests */
  critical?: boolean;
  /** Users may choose to read it as a digest */
  digestible?: boolean;
  /** How often it is read by those who have not chosen */
  cadence?: Cadence;
  /** The purpose a user must have agreed to */
  consent?: string | null;
}

/** One difference between two definitions. Steps are compared by their ids, wherever they stand. */
export interface Change {
  kind: 'added' | 'removed' | 'changed' | 'moved';
  step: string | null;
  /** JSON pointer inside the step, or inside the workflow */
  path: string;
  before?: Json;
  after?: Json;
}

export type Channel = 'in_app' | 'email' | 'sms' | 'push' | 'whatsapp' | 'chat' | 'webhook';

/** On or off for some channels; one that is not named says nothing. */
export type ChannelChoices = Partial<Record<Channel, boolean>>;

/** An event in the envelope of CloudEvents 1.0, structured: `type` is the name, `subject` the user, `source` and `id` the transaction. */
export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  subject?: string;
  time?: string;
  datacontenttype?: string;
  data?: Json;
  [field: string]: unknown;
}

export interface CodeStepPreviewInput {
  workflow: string;
  step: string;
  /** What the step sees: payload, user, steps and so on */
  data?: JsonObject;
}

export type CodeStepPreviewed = { ok: boolean; sentence: string; output: Record<string, Json> | null; durationMs: number };

/**
 * A condition in JSON Logic over `payload`, `user`, `steps`, `event`, `events`, `workspace`, `presence` and `now`:
 * `{ ">": [{ "var": "payload.amount" }, 100] }`.
 */
export type Condition = Record<string, Json>;

export interface Consent {
  granted: boolean;
  /** ISO-8601 instant */
  at: string;
  source: string;
}

/** What becomes of a message, with every layer that was asked. */
export type Decision = { outcome: 'send'; lines: DecisionLine[] } | { outcome: 'skip'; code: ReasonCode; lines: DecisionLine[] } | {
  outcome: 'hold';
  code: ReasonCode;
  /** ISO-8601 instant */
  until: string;
  lines: DecisionLine[];
} | {
  outcome: 'digest';
  code: ReasonCode;
  /** ISO-8601 instant */
  until: string;
  lines: DecisionLine[];
};

/** What one layer said. `sentence` is for people who support users; `detail` holds the figures behind it. */
export interface DecisionLine {
  layer: 'suppression' | 'consent' | 'preference' | 'cap' | 'quiet_hours' | 'digest' | 'send_time';
  verdict: 'pass' | 'skip' | 'hold' | 'digest';
  code: ReasonCode | null;
  sentence: string;
  detail?: Record<string, Json>;
}

/** Silence until an instant, whatever the clock says. */
export interface DoNotDisturb {
  /** ISO-8601 instant */
  until: string;
  channels?: Channel[];
  mode: QuietMode;
}

export interface DoNotDisturbInput {
  /** ISO-8601 instant */
  until: string;
  channels?: Channel[];
  mode?: QuietMode;
}

export type EmailBody = { format: 'markdown'; markdown: string } | { format: 'blocks'; blocks: Block[] } | { format: 'mjml'; mjml: string } | { format: 'html'; html: string };

export type EmailBodyInput = { format: 'markdown'; markdown: string } | { format: 'blocks'; blocks: BlockInput[] } | { format: 'mjml'; mjml: string } | { format: 'html'; html: string };

/** Body of `POST /v1/workflow-endpoints`. */
export interface EndpointInput {
  /** What code steps name it by; the same in every environment */
  key?: string;
  url: string;
}

/** The answer once an event is durable. */
export interface EventAccepted {
  /** Id of the event */
  id: string;
  transactionId: string | null;
  /** accepted: runs begin. not_active: the workflow is not published, switched off or archived. no_workflow: nothing starts with this event, or no condition holds. */
  status: 'accepted' | 'not_active' | 'no_workflow';
  /** What it starts */
  workflows: string[];
  /** Null while topics or everyone are fanned out */
  recipients: number | null;
  /** The transaction id was accepted before; this is the answer it got */
  duplicate: boolean;
}

/** Who an event is for. Whoever is named in several ways gets it once; the actor gets it only when named as a user. */
export type EventAudience = Recipient | {
  /** Key of the topic */
  topic: string;
} | (Recipient | {
  /** Key of the topic */
  topic: string;
})[] | { everyone: true };

/** Body of `POST /v1/events`. */
export interface EventInput {
  name: string;
  to?: EventAudience;
  payload?: EventPayload;
  /** The same id is accepted once; later ones get the first answer */
  transactionId?: string;
  /** Who caused it: left out when a topic or everyone is addressed */
  actor?: string;
  /** Runs that are under way can be cancelled by it */
  cancelKey?: string;
}

/** What happened, in the words of the host application. Files in it are base64. */
export type EventPayload = Record<string, Json>;

/** A message that made no event. It is on the topic `<topic>.dead` as well. */
export interface EventRefusal {
  /** Where it stands in its topic; of Kafka partition and offset */
  position: string;
  reason: string;
  key: string | null;
  /** How the message begins */
  excerpt: string;
  /** ISO-8601 instant */
  refusedAt: string;
}

/** A topic of the bus that gets the events of the workspace as CloudEvents. */
export interface EventSink {
  /** Id of the eventSink */
  id: string;
  name: string;
  topic: string;
  events: string[];
  active: boolean;
  sent: number;
  /** Events of the log that it has not looked at */
  lag: number;
  lastAt: string | null;
  lastError: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
}

/** Body of `POST /v1/event-sinks`. */
export type EventSinkInput = { name: string; topic: string; events?: string[]; active?: boolean };

export type EventSinkUpdate = { name?: string; events?: string[]; active?: boolean };

/** A topic of the bus whose messages become events. */
export interface EventSource {
  /** Id of the eventSource */
  id: string;
  name: string;
  topic: string;
  /** The group in which the broker keeps the position */
  group: string;
  startAt: 'latest' | 'earliest';
  mapping: HookMapping | null;
  active: boolean;
  /** Messages that were worked at */
  received: number;
  /** Messages that made no event */
  refused: number;
  /** Messages that wait; null when nobody has asked yet */
  lag: number | null;
  lastAt: string | null;
  lastError: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
}

/** Body of `POST /v1/event-sources`. */
export interface EventSourceInput {
  name: string;
  topic: string;
  /** Begins with what comes from now on, or with the oldest that the broker has. It is decided once */
  startAt?: 'latest' | 'earliest';
  mapping?: HookMappingInput | null;
  active?: boolean;
}

export type EventSourceUpdateInput = { name?: string; mapping?: HookMappingInput | null; active?: boolean };

/** What was accepted and how far it is. */
export interface EventStatus {
  /** Id of the event */
  id: string;
  transactionId: string | null;
  /** accepted: runs begin. not_active: the workflow is not published, switched off or archived. no_workflow: nothing starts with this event, or no condition holds. */
  status: 'accepted' | 'not_active' | 'no_workflow';
  /** What it starts */
  workflows: string[];
  /** Null while topics or everyone are fanned out */
  recipients: number | null;
  name: string | null;
  workflow: string | null;
  payload: Record<string, Json>;
  actor: string | null;
  source: string;
  /** ISO-8601 instant */
  createdAt: string;
  /** fanning: users of topics are still being reached */
  state: 'fanning' | 'done';
  /** How many runs are in which state */
  runs: Record<string, number>;
}

/** An event that a workspace has declared. */
export interface EventType {
  name: string;
  version: number;
  summary: string;
  tags: string[];
  deprecated: string | null;
  schema: Record<string, Json>;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
}

/** One difference to the version before. */
export type EventTypeChange = { path: string; breaking: boolean; sentence: string };

/** Body of `PUT /v1/catalog/{name}`. */
export interface EventTypeInput {
  /** One sentence: when it happens */
  summary?: string;
  tags?: string[];
  /** What to use instead */
  deprecated?: string;
  /** JSON Schema, draft 2020-12 */
  schema: JsonSchemaInput;
  /** Accept a change that readers of the former version may stumble over */
  allowBreaking?: boolean;
}

/** One version of a declared event, and what it changed. */
export interface EventTypeVersion {
  version: number;
  schema: Record<string, Json>;
  changes: EventTypeChange[];
  /** ISO-8601 instant */
  createdAt: string;
  createdBy: string;
}

export interface EventsBulkResult {
  results: ({
    /** Id of the event */
    id: string;
    transactionId: string | null;
    /** accepted: runs begin. not_active: the workflow is not published, switched off or archived. no_workflow: nothing starts with this event, or no condition holds. */
    status: 'accepted' | 'not_active' | 'no_workflow';
    /** What it starts */
    workflows: string[];
    /** Null while topics or everyone are fanned out */
    recipients: number | null;
    /** The transaction id was accepted before; this is the answer it got */
    duplicate: boolean;
    ok: true;
  } | { ok: false; code: string; detail: string; errors: { field: string; message: string }[] })[];
}

/** One field at fault: a JSON pointer into the request part, and what is wrong with it. */
export interface FieldError {
  in: 'body' | 'query' | 'path' | 'header';
  /** JSON pointer to the field */
  field: string;
  message: string;
}

export interface HookInput {
  name: string;
  mapping: HookMappingInput;
  signature?: HookSignatureInput | null;
  /** Shared with the sender; needed with a signature */
  secret?: string;
  enabled?: boolean;
}

/** How a request of somebody else becomes an event. */
export interface HookMapping {
  /** The name of the event; what is found is made to fit, `Push` to `push` */
  name: { value: string } | { path: string };
  /** Put before the name with a dot */
  prefix?: string;
  to?: { value: string } | { path: string } | { topic: string };
  /** Where the payload is found */
  payload: string;
  /** Where an id is found by which the sender repeats itself */
  transactionId?: string;
  /** Sees `body` and `headers`; other requests are accepted and do nothing */
  if?: Condition;
}

export interface HookMappingInput {
  /** The name of the event; what is found is made to fit, `Push` to `push` */
  name: { value: string } | { path: string };
  /** Put before the name with a dot */
  prefix?: string;
  to?: { value: string } | { path: string } | { topic: string };
  /** Where the payload is found */
  payload?: string;
  /** Where an id is found by which the sender repeats itself */
  transactionId?: string;
  /** Sees `body` and `headers`; other requests are accepted and do nothing */
  if?: Condition;
}

/** How requests are proved to come from the sender. */
export type HookSignature = { kind: 'hmac'; header: string; encoding: 'hex' | 'base64'; prefix: string } | { kind: 'standard' };

export type HookSignatureInput = { kind: 'hmac'; header: string; encoding?: 'hex' | 'base64'; prefix?: string } | { kind: 'standard' };

/** An address that others post to. */
export interface InboundHook {
  /** Id of the hook */
  id: string;
  name: string;
  mapping: HookMapping;
  signature: HookSignature | null;
  enabled: boolean;
  /** The last characters of its address */
  hint: string;
  received: number;
  lastAt: string | null;
  lastError: string | null;
  /** ISO-8601 instant */
  createdAt: string;
}

export interface InboundHooksCreateResult {
  /** Id of the hook */
  id: string;
  name: string;
  mapping: HookMapping;
  signature: HookSignature | null;
  enabled: boolean;
  /** The last characters of its address */
  hint: string;
  received: number;
  lastAt: string | null;
  lastError: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  /** Told only now */
  url: string;
}

/** A notification as its receiver sees it: the content and this user's own state. */
export interface InboxItem {
  /** Id of the notification */
  id: string;
  title: string;
  body: string;
  bodyHtml: string;
  icon: string | null;
  image: string | null;
  link: string | null;
  actions: Action[];
  type: string;
  category: string;
  priority: Priority;
  data: Record<string, Json>;
  actor: Actor;
  broadcast: boolean;
  /** When it entered the inbox, or came back from a snooze */
  deliveredAt: string;
  expiresAt: string | null;
  seenAt: string | null;
  readAt: string | null;
  archivedAt: string | null;
  snoozedUntil: string | null;
  action: {
    id: string;
    /** ISO-8601 instant */
    at: string;
    result: Json | null;
  } | null;
  /** Matches of a search wrapped in <mark>, otherwise escaped */
  highlight?: { title: string; body: string };
}

/** A provider that is connected. Of several for one channel the first that works is used. */
export interface Integration {
  /** Id of the integration */
  id: string;
  provider: string;
  channel: Channel;
  name: string;
  /** Order within the channel, 1 is the first */
  position: number;
  enabled: boolean;
  /** What is set; of secrets the last four characters at most */
  credentials: Record<string, string>;
  settings: Record<string, Json>;
  health: {
    /** `out`: others are used until `retryAt` */
    state: 'working' | 'out' | 'trying';
    /** Failures in a row */
    failures: number;
    retryAt: string | null;
    lastError: string | null;
  };
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
}

/** Body that connects a provider. Credentials are write-only: they are stored encrypted and never answered. */
export interface IntegrationInput {
  /** Id of a provider, see `GET /v1/providers` */
  provider: string;
  name?: string;
  /** What the provider asks for */
  credentials: Record<string, Json>;
  settings?: JsonObject;
  enabled?: boolean;
}

/** A field left out stays as it is; `credentials` are replaced as a whole. */
export type IntegrationPatch = { name?: string; credentials?: Record<string, Json>; settings?: JsonObject; enabled?: boolean };

export interface IntegrationsTestBody {
  /** An address of the channel */
  to: string;
}

export interface IntegrationsTestResult {
  outcome: 'accepted' | 'refused' | 'retry';
  /** What a refusal is about: address, content, auth, rate, server, network or other */
  class: string | null;
  /** What the provider said */
  detail: string | null;
}

export interface Invitation {
  /** Id of the invitation */
  id: string;
  email: string;
  role: string;
  invitedBy: string | null;
  /** ISO-8601 instant */
  expiresAt: string;
  /** ISO-8601 instant */
  createdAt: string;
}

export interface InvitationsCreateBody {
  email: string;
  /** admin, member or the id of a custom role */
  role: string;
}

export interface Job {
  /** Id of the job */
  id: string;
  name: string;
  /** Waits for its time, waits for a worker, is being worked at, or has failed too often. What is done is gone. */
  state: JobState;
  /** Tries so far */
  attempts: number;
  maxAttempts: number;
  /** When it is due, or has become ready */
  runAt: string;
  /** ISO-8601 instant */
  createdAt: string;
  /** Why the last try failed */
  error: string | null;
  /** How far a job over many users has come */
  progress: { done: number; total: number | null } | null;
}

export interface JobDetails {
  /** Id of the job */
  id: string;
  name: string;
  /** Waits for its time, waits for a worker, is being worked at, or has failed too often. What is done is gone. */
  state: JobState;
  /** Tries so far */
  attempts: number;
  maxAttempts: number;
  /** When it is due, or has become ready */
  runAt: string;
  /** ISO-8601 instant */
  createdAt: string;
  /** Why the last try failed */
  error: string | null;
  /** How far a job over many users has come */
  progress: { done: number; total: number | null } | null;
  /** What it works on; what looks like a secret is hidden */
  data: Json;
  /** The last ten failed tries, the oldest first */
  failures: {
    attempt: number;
    /** ISO-8601 instant */
    at: string;
    error: string;
  }[];
  key: string | null;
  correlationId: string;
  leasedUntil: string | null;
}

export type JobState = 'scheduled' | 'ready' | 'running' | 'dead';

export interface JobStats {
  items: {
    name: string;
    /** Waits for its time, waits for a worker, is being worked at, or has failed too often. What is done is gone. */
    state: JobState;
    count: number;
  }[];
  /** False when a state holds more than are counted (10,000) */
  exact: boolean;
  /** How long the oldest ready job has been waiting */
  oldestReadySeconds: number | null;
}

export interface JobsListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  state?: JobState;
  name?: string;
}

export interface JobsRedriveAllResult {
  redriven: number;
  /** A job goes on with the rest */
  more: boolean;
}

/** Free data of the host application: a JSON object of at most 16 KiB. */
export type JsonObject = Record<string, Json>;

/** A JSON Schema (draft 2020-12) as a caller writes it. References stay inside the document. */
export type JsonSchemaInput = Record<string, Json>;

export interface Layout {
  name: string;
  body: { format: 'mjml'; mjml: string } | { format: 'html'; html: string };
  key: string;
  /** ISO-8601 instant */
  updatedAt: string;
  findings: TemplateFinding[];
}

/** A frame around Markdown and HTML e-mails: MJML or HTML with one `{{ content }}`. */
export type LayoutInput = { name: string; body: { format: 'mjml'; mjml: string } | { format: 'html'; html: string } };

export interface LayoutsTryBody {
  body: { format: 'mjml'; mjml: string } | { format: 'html'; html: string };
  /** What the template sees: `payload`, `user`, `events`, `digest`, … */
  data?: JsonObject;
  /** Default: every locale there is a translation for. `en-XA` shows the text accented and a third longer, `ar-XB` from right to left, so that layouts break before translators come. */
  locales?: string[];
  timeZone?: string;
}

export type LocalMessages = Record<string, Record<string, string>>;

/** A stretch of the log for those who relay it: numbers without gaps, data as JSON text. */
export interface LogPage {
  epoch: string;
  head: number;
  oldest: number;
  events: {
    seq: number;
    stream: string;
    name: string;
    data: string;
    tags?: Record<string, string | number | boolean>;
    /** Users it tells something about */
    about?: string[];
    time: number;
  }[];
}

/** An event as it lies on the log. */
export interface LoggedEvent {
  /** Position on the log of the workspace */
  cursor: string;
  stream: string;
  name: string;
  data: Json;
  tags: Record<string, string | number | boolean>;
  /** ISO-8601 instant */
  at: string;
}

/** What uses a layout or a partial. */
export type LookUse = { kind: 'template' | 'layout' | 'partial' | 'workflow'; key: string; name: string };

export interface Member {
  /** Id of the member */
  id: string;
  /** The user this member is in the workspace */
  userId: string;
  email: string;
  name: string;
  /** owner, admin, member or the id of a custom role */
  role: string;
  permissions: Permission[];
  /** ISO-8601 instant */
  joinedAt: string;
}

export interface MembersUpdateBody {
  /** admin, member or the id of a custom role */
  role: string;
}

/** One notification for one user on one channel, sent or not. */
export interface Message {
  /** Id of the message */
  id: string;
  /** Your own id of the user */
  userId: string;
  channel: Channel;
  category: string;
  priority: Priority;
  state: 'queued' | 'held' | 'digested' | 'sending' | 'sent' | 'delivered' | 'skipped' | 'failed' | 'expired' | 'cancelled';
  reason: ReasonCode | null;
  /** The reason in words */
  sentence: string | null;
  workflow: string | null;
  runId: string | null;
  stepId: string | null;
  /** The address it goes to */
  to: string | null;
  subject: string | null;
  provider: string | null;
  dueAt: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  sentAt: string | null;
  deliveredAt: string | null;
  seenAt: string | null;
  readAt: string | null;
  clickedAt: string | null;
  /** The digest it became a line of */
  digestId: string | null;
  /** How often a provider was asked */
  attempts: number;
  decision: DecisionLine[];
  correlationId: string;
  /** A member sent it to try a template */
  isTest: boolean;
}

/** What a message says, rendered, in the shape of its channel. */
export type MessageContent = {
  channel: 'in_app';
  title: string;
  body: string;
  icon?: string | null;
  image?: string | null;
  link?: string | null;
  actions?: Action[];
  data?: Record<string, Json>;
  type?: string;
  collapseKey?: string | null;
} | {
  channel: 'email';
  subject: string;
  html: string;
  text: string;
  preheader?: string;
  from?: string | null;
  replyTo?: string | null;
  cc?: string[];
  bcc?: string[];
  headers?: Record<string, string>;
  attachments?: { filename: string; contentType: string; content: string }[];
} | { channel: 'sms'; body: string } | {
  channel: 'push';
  title: string;
  body: string;
  link?: string | null;
  image?: string | null;
  data?: Record<string, Json>;
} | { channel: 'whatsapp'; body: string } | { channel: 'chat'; body: string } | { channel: 'webhook'; body: Json; headers?: Record<string, string> };

/** A message with what it says and every try to hand it over. */
export interface MessageStory {
  /** Id of the message */
  id: string;
  /** Your own id of the user */
  userId: string;
  channel: Channel;
  category: string;
  priority: Priority;
  state: 'queued' | 'held' | 'digested' | 'sending' | 'sent' | 'delivered' | 'skipped' | 'failed' | 'expired' | 'cancelled';
  reason: ReasonCode | null;
  /** The reason in words */
  sentence: string | null;
  workflow: string | null;
  runId: string | null;
  stepId: string | null;
  /** The address it goes to */
  to: string | null;
  subject: string | null;
  provider: string | null;
  dueAt: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  sentAt: string | null;
  deliveredAt: string | null;
  seenAt: string | null;
  readAt: string | null;
  clickedAt: string | null;
  /** The digest it became a line of */
  digestId: string | null;
  /** How often a provider was asked */
  attempts: number;
  decision: DecisionLine[];
  correlationId: string;
  /** A member sent it to try a template */
  isTest: boolean;
  content: MessageContent | null;
  /** Of a digest: the messages in it */
  items: string[];
  tries: Attempt[];
}

export interface MessagesExplainBody {
  user?: string;
  audience?: Audience;
  channels?: Channel[];
  category?: string;
  workflow?: string;
  priority?: Priority;
  critical?: boolean;
  sendAt?: string;
  /** How many of the audience are looked at */
  limit?: number;
}

export interface MessagesExplainResult {
  user: { channel: Channel; to: string | null; decision: Decision; sentence: string | null }[] | null;
  audience: {
    examined: number;
    /** The whole audience was looked at */
    complete: boolean;
    reasons: {
      channel: Channel;
      outcome: 'send' | 'skip' | 'hold' | 'digest';
      code: string | null;
      sentence: string | null;
      users: number;
      examples: string[];
    }[];
  } | null;
}

export interface MessagesListOfUserQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  channel?: Channel | Channel[];
  state?: 'queued' | 'held' | 'digested' | 'sending' | 'sent' | 'delivered' | 'skipped' | 'failed' | 'expired' | 'cancelled' | ('queued' | 'held' | 'digested' | 'sending' | 'sent' | 'delivered' | 'skipped' | 'failed' | 'expired' | 'cancelled')[];
  workflow?: string;
  category?: string;
  from?: string;
  to?: string;
  /** Shows skipped messages as well */
  include?: 'skipped';
}

export interface MessagesListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  user?: string;
  run?: string;
  channel?: Channel | Channel[];
  state?: 'queued' | 'held' | 'digested' | 'sending' | 'sent' | 'delivered' | 'skipped' | 'failed' | 'expired' | 'cancelled' | ('queued' | 'held' | 'digested' | 'sending' | 'sent' | 'delivered' | 'skipped' | 'failed' | 'expired' | 'cancelled')[];
  workflow?: string;
  category?: string;
  from?: string;
  to?: string;
}

/** A notification as its sender sees it. */
export interface Notification {
  /** Id of the notification */
  id: string;
  title: string;
  body: string;
  /** The body rendered to safe HTML */
  bodyHtml: string;
  icon: string | null;
  image: string | null;
  link: string | null;
  actions: Action[];
  type: string;
  category: string;
  priority: Priority;
  data: Record<string, Json>;
  expiresAt: string | null;
  collapseKey: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  audience: Audience;
  actor: Actor;
  state: 'publishing' | 'published' | 'retracted';
  stats: NotificationStats;
  correlationId: string;
}

export interface NotificationContent {
  /** One line */
  title: string;
  /** Markdown; raw HTML is shown as text */
  body: string;
  icon?: string;
  image?: string;
  /** Where a click leads */
  link?: string;
  actions: Action[];
  /** What kind of thing happened, for filters */
  type: string;
  category: string;
  priority: Priority;
  /** Free data for your own interface */
  data: JsonObject;
  /** After this instant it leaves every inbox */
  expiresAt?: string;
  /** Replaces an unread notification with the same key */
  collapseKey?: string;
}

export interface NotificationContentInput {
  /** One line */
  title: string;
  /** Markdown; raw HTML is shown as text */
  body?: string;
  icon?: string;
  image?: string;
  /** Where a click leads */
  link?: string;
  actions?: ActionInput[];
  /** What kind of thing happened, for filters */
  type?: string;
  category?: string;
  priority?: Priority;
  /** Free data for your own interface */
  data?: JsonObject;
  /** After this instant it leaves every inbox */
  expiresAt?: string;
  /** Replaces an unread notification with the same key */
  collapseKey?: string;
}

/** Body of `POST /v1/notifications`. */
export interface NotificationInput {
  audience: Audience;
  /** One line */
  title: string;
  /** Markdown; raw HTML is shown as text */
  body?: string;
  icon?: string;
  image?: string;
  /** Where a click leads */
  link?: string;
  actions?: ActionInput[];
  /** What kind of thing happened, for filters */
  type?: string;
  category?: string;
  priority?: Priority;
  /** Free data for your own interface */
  data?: JsonObject;
  /** After this instant it leaves every inbox */
  expiresAt?: string;
  /** Replaces an unread notification with the same key */
  collapseKey?: string;
}

/** How far a notification got. `recipients` of a broadcast counts the users of the workspace when asked. */
export type NotificationStats = { recipients: number; seen: number; read: number };

export interface NotificationsBulkResult {
  results: ({
    status: 202;
    /** Id of the notification */
    id: string;
    audience: 'users' | 'topic' | 'everyone';
    /** Known for named users; null while a topic or the workspace fans out */
    recipients: number | null;
  } | { status: number; code: string; detail: string; errors: { field: string; message: string }[] })[];
}

export interface NotificationsListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  category?: string | string[];
  type?: string | string[];
  state?: 'publishing' | 'published' | 'retracted';
  from?: string;
  to?: string;
  /** Full-text search: words, "phrases", -without */
  q?: string;
}

export interface NotificationsReceiptsQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  state?: 'delivered' | 'seen' | 'read';
}

/** Body of `POST /v1/notify`: `to` is a user, several users, `{ "topic": … }` or `{ "everyone": true }`. */
export interface NotifyInput {
  to: string | string[] | {
    /** Key of the topic */
    topic: string;
  } | { everyone: true };
  /** One line */
  title: string;
  /** Markdown; raw HTML is shown as text */
  body?: string;
  icon?: string;
  image?: string;
  /** Where a click leads */
  link?: string;
  actions?: ActionInput[];
  /** What kind of thing happened, for filters */
  type?: string;
  category?: string;
  priority?: Priority;
  /** Free data for your own interface */
  data?: JsonObject;
  /** After this instant it leaves every inbox */
  expiresAt?: string;
  /** Replaces an unread notification with the same key */
  collapseKey?: string;
}

export type Once = { every: 'once'; at: string };

/** Query of every list. A cursor is opaque and belongs to the list that returned it. */
export interface PageQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
}

/** A piece that templates share: `{% render "signature" %}`. */
export type PartialInput = { name: string; format?: 'markdown' | 'html' | 'text'; source: string };

export interface PartialsTryBody {
  format?: 'markdown' | 'html' | 'text';
  source: string;
  /** What the template sees: `payload`, `user`, `events`, `digest`, … */
  data?: JsonObject;
  /** Default: every locale there is a translation for. `en-XA` shows the text accented and a third longer, `ar-XB` from right to left, so that layouts break before translators come. */
  locales?: string[];
  timeZone?: string;
}

export type Permission = 'notifications.read' | 'notifications.create' | 'notifications.broadcast' | 'notifications.delete' | 'users.read' | 'users.write' | 'users.impersonate' | 'topics.read' | 'topics.write' | 'events.create' | 'workflows.read' | 'workflows.write' | 'workflows.publish' | 'runs.manage' | 'templates.read' | 'templates.write' | 'preferences.read' | 'preferences.write' | 'messages.read' | 'suppressions.manage' | 'schedules.read' | 'schedules.write' | 'integrations.manage' | 'jobs.read' | 'jobs.manage' | 'catalog.read' | 'catalog.write' | 'streams.read' | 'streams.manage' | 'members.read' | 'members.manage' | 'roles.manage' | 'keys.manage' | 'workspace.manage' | 'audit.read';

/** One change of a user's preferences. */
export interface PreferenceChange {
  id: string;
  /** ISO-8601 instant */
  at: string;
  actor: { kind: 'member' | 'key' | 'user' | 'system'; id: string };
  source: 'api' | 'inbox' | 'page' | 'unsubscribe';
  changes: { path: string; from: Json; to: Json }[];
}

/** What holds for everyone in a workspace who has not chosen. */
export interface PreferenceDefaults {
  defaults: ChannelChoices;
  forced: ChannelChoices;
  /** For users without one */
  timeZone: string;
  locale: string;
  quietHours: QuietHours[];
}

export interface PreferenceDefaultsInput {
  defaults?: ChannelChoices;
  forced?: ChannelChoices;
  /** For users without one */
  timeZone?: string;
  locale?: string;
  quietHours?: QuietHoursInput[];
}

export interface PreferenceValue {
  enabled: boolean;
  /** The user cannot change it */
  forced: boolean;
  decidedBy: 'workspace_forced' | 'user_snooze' | 'user_workflow' | 'user_category' | 'user_channel' | 'user_all' | 'workflow_default' | 'category_default' | 'workspace_default' | 'product_default';
}

/** The preferences of a user as they work: every value, who decided it, and what cannot be changed. */
export interface Preferences {
  /** Your own id of the user */
  userId: string;
  timeZone: string;
  locale: string;
  all: boolean | null;
  /** What the user has chosen for whole channels */
  channels: Partial<Record<Channel, boolean>>;
  categories: {
    key: string;
    name: string;
    description: string;
    critical: boolean;
    digestible: boolean;
    cadence: Cadence;
    snoozedUntil: string | null;
    consent: { purpose: string; granted: boolean; at: string | null } | null;
    channels: Record<Channel, PreferenceValue>;
  }[];
  workflows: {
    workflow: string;
    name: string;
    category: string;
    critical: boolean;
    channels: Record<Channel, PreferenceValue>;
  }[];
  quietHours: QuietHours[];
  quietHoursDecidedBy: 'user' | 'workspace_default';
  doNotDisturb: DoNotDisturb | null;
  updatedAt: string | null;
}

export interface PreferencesCreateLinkBody {
  /** What the page offers to unsubscribe from first */
  category?: string;
  workflow?: string | null;
  channel?: Channel;
  ttlHours?: number;
}

/** A merge patch (RFC 7396): what is left out stays, null takes a choice back. */
export interface PreferencesPatch {
  /** False turns everything off that is not chosen in particular */
  all?: boolean | null;
  channels?: Partial<Record<Channel, boolean | null>> | null;
  categories?: Record<string, {
    channels?: Partial<Record<Channel, boolean | null>> | null;
    cadence?: Cadence | null;
    snoozedUntil?: string | null;
  } | null> | null;
  workflows?: Record<string, { channels?: Partial<Record<Channel, boolean | null>> | null } | null> | null;
  quietHours?: QuietHoursInput[] | null;
  doNotDisturb?: DoNotDisturbInput | null;
  consents?: Record<string, boolean>;
}

export interface PreferencesTryDecisionBody {
  message: {
    channel: Channel;
    address?: string | null;
    category?: string;
    workflow?: string | null;
    priority?: Priority;
    critical?: boolean;
    /** Now when left out */
    at?: string;
    sendAt?: string;
  };
  timeZone?: string;
  choices?: UserChoicesInput;
  defaults?: PreferenceDefaultsInput;
  categories?: Record<string, CategoryInput>;
  workflows?: WorkflowRule[];
  suppressed?: 'bounced' | 'complained' | 'manual';
}

export interface PreferencesTryDigestBody {
  cadence: Cadence | { every: 'cron'; cron: string };
  timeZone?: string;
  /** Now when left out */
  at?: string;
  lastDigestAt?: string;
}

export interface PreferencesTryQuietHoursBody {
  quietHours?: QuietHoursInput[];
  doNotDisturb?: DoNotDisturbInput;
  channel?: Channel;
  timeZone?: string;
  /** Now when left out */
  at?: string;
}

export interface PreferencesTryScheduleBody {
  when: ScheduleTime;
  timeZone?: string;
  /** Now when left out */
  after?: string;
  count?: number;
}

export interface PreferencesTryScheduleResult {
  fires: {
    /** ISO-8601 instant */
    at: string;
    local: string;
  }[];
}

/** Whether a user holds a connection now. */
export interface Presence {
  /** Your own id of the user */
  userId: string;
  online: boolean;
  connections: number;
  since: string | null;
}

export type Priority = 'low' | 'normal' | 'high' | 'critical';

/** A provider that can be connected, with what it asks for. */
export interface ProviderInfo {
  id: string;
  channel: Channel;
  name: string;
  /** JSON Schema */
  credentials: Record<string, Json>;
  /** JSON Schema */
  settings: Record<string, Json>;
}

/** Body of `POST /v1/workflows/push`. */
export interface PushInput {
  workflows: Record<string, Json>[];
  /** The hash of each draft when it was pulled; another one there now is a conflict */
  expected?: Record<string, string | null>;
  /** Publish as well; otherwise drafts are saved */
  publish?: boolean;
  dryRun?: boolean;
  /** Overwrite what was changed elsewhere */
  force?: boolean;
}

/** A window of the local clock in which a user wants silence; the end before the start is on the next day. */
export interface QuietHours {
  /** The days it begins on; every day when left out */
  days?: number[];
  /** Local time of day */
  start: string;
  end: string;
  /** Which channels keep quiet; all but the inbox when left out */
  channels?: Channel[];
  /** What becomes of a message: it waits, it is dropped, or only the inbox gets it */
  mode: QuietMode;
}

export interface QuietHoursInput {
  /** The days it begins on; every day when left out */
  days?: number[];
  /** Local time of day */
  start: string;
  end: string;
  /** Which channels keep quiet; all but the inbox when left out */
  channels?: Channel[];
  /** What becomes of a message: it waits, it is dropped, or only the inbox gets it */
  mode?: QuietMode;
}

export type QuietMode = 'hold' | 'drop' | 'in_app_only';

export type ReasonCode = 'user.no_address' | 'user.unknown' | 'channel.no_provider' | 'suppression.bounced' | 'suppression.complained' | 'suppression.manual' | 'consent.missing' | 'preference.workspace_forced' | 'preference.workspace_default' | 'preference.user_all' | 'preference.user_channel' | 'preference.user_category' | 'preference.user_workflow' | 'preference.snoozed' | 'cap.user' | 'cap.category' | 'cap.workspace' | 'quiet_hours.held' | 'quiet_hours.dropped' | 'quiet_hours.in_app_only' | 'digest.cadence' | 'digest.attention_budget' | 'send_time.later' | 'condition.false' | 'condition.failed' | 'throttle.limit' | 'digest.merged' | 'message.expired' | 'message.cancelled' | 'template.failed' | 'provider.refused' | 'provider.exhausted';

/** One user's state of one notification, as the sender may see it. */
export interface Receipt {
  /** Your own id of the user */
  userId: string;
  /** ISO-8601 instant */
  deliveredAt: string;
  seenAt: string | null;
  readAt: string | null;
  archivedAt: string | null;
  action: {
    id: string;
    /** ISO-8601 instant */
    at: string;
    result: Json | null;
  } | null;
}

/** A user by id, or with what is to be stored of the user; what is left out stays, null removes. */
export type Recipient = string | {
  name?: string | null;
  email?: string | null;
  phone?: string | null;
  avatarUrl?: string | null;
  locale?: string | null;
  timeZone?: string | null;
  /** Replaces the attributes as a whole */
  attributes?: JsonObject;
  /** Your own id of the user */
  id: string;
};

/** Again and again, by the local clock; `interval` alone goes by real time. */
export type Recurring = { every: 'hourly'; minute?: number } | {
  every: 'daily';
  /** Local time of day */
  at: string;
  weekdays?: number[];
} | {
  every: 'weekly';
  /** Local time of day */
  at: string;
  weekday: number;
} | { every: 'cron'; cron: string } | {
  every: 'interval';
  /** A length of time: 30s, 15m, 2h, 3d, 1w */
  of: string;
};

export type Role = { id: string; name: string; builtIn: boolean; permissions: Permission[]; members: number };

/** One execution of a workflow for one user. */
export interface Run {
  /** Id of the run */
  id: string;
  workflow: string;
  version: number;
  /** Your own id of the user */
  userId: string;
  /** Id of the event */
  eventId: string;
  state: 'ready' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';
  /** The step it stands at */
  step: string | null;
  /** How it ended */
  code: string | null;
  sentence: string | null;
  wakesAt: string | null;
  cancelKey: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  finishedAt: string | null;
  correlationId: string;
}

export interface RunWithTrace {
  /** Id of the run */
  id: string;
  workflow: string;
  version: number;
  /** Your own id of the user */
  userId: string;
  /** Id of the event */
  eventId: string;
  state: 'ready' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';
  /** The step it stands at */
  step: string | null;
  /** How it ended */
  code: string | null;
  sentence: string | null;
  wakesAt: string | null;
  cancelKey: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  finishedAt: string | null;
  correlationId: string;
  trace: TraceLine[];
}

export interface RunsCancelResult {
  /** False when it had ended already */
  cancelled: boolean;
}

export interface RunsListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  user?: string;
  event?: string;
  workflow?: string;
  state?: 'ready' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';
  /** The cancel key */
  key?: string;
}

export interface RunsSummaryResult {
  /** ISO-8601 instant */
  since: string;
  complete: boolean;
  workflows: {
    workflow: string;
    runs: number;
    states: Partial<Record<'ready' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled', number>>;
  }[];
}

export interface Schedule {
  name: string;
  when: ScheduleTime;
  timeZone: string;
  /** Each user gets it by the clock of their own zone; `timeZone` is for those without one */
  inUserZone: boolean;
  audience: Audience;
  target: ScheduleTarget;
  /** Fires that were missed: one of them, all, or none is made up for */
  missed: 'coalesce' | 'all' | 'skip';
  /** What is later than this is not made up for */
  maxLateness: string;
  startsAt: string | null;
  endsAt: string | null;
  /** Id of the schedule */
  id: string;
  state: 'active' | 'paused' | 'done' | 'cancelled';
  /** The next fire, in whichever zone it comes first */
  nextFireAt: string | null;
  lastFireAt: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
}

/** One fire of a schedule that has happened. */
export interface ScheduleFire {
  /** ISO-8601 instant */
  fireAt: string;
  timeZone: string;
  state: 'claimed' | 'fired' | 'skipped' | 'failed';
  /** How many fires it stands for, when some were missed */
  covers: number;
  recipients: number | null;
  error: string | null;
  firedAt: string | null;
}

export interface ScheduleInput {
  name: string;
  when: ScheduleTime;
  /** The zone of the local clock; that of the workspace when left out */
  timeZone?: string;
  /** Each user gets it by the clock of their own zone; `timeZone` is for those without one */
  inUserZone?: boolean;
  audience: Audience;
  target: ScheduleTargetInput;
  /** Fires that were missed: one of them, all, or none is made up for */
  missed?: 'coalesce' | 'all' | 'skip';
  /** What is later than this is not made up for */
  maxLateness?: string;
  startsAt?: string;
  endsAt?: string;
}

/** What a fire does: it starts a workflow, or publishes a notification. */
export type ScheduleTarget = { kind: 'workflow'; workflow: string; payload: JsonObject } | { kind: 'notification'; notification: NotificationContent };

export type ScheduleTargetInput = { kind: 'workflow'; workflow: string; payload?: JsonObject } | { kind: 'notification'; notification: NotificationContentInput };

export type ScheduleTime = Once | Recurring;

export interface SchedulesListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  state?: 'active' | 'paused' | 'done' | 'cancelled';
}

export interface SchedulesUpcomingQuery {
  count?: number;
  /** By the clock of this user, when the schedule goes by those */
  userId?: string;
}

export type Step = {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  template?: string;
  templateData?: JsonObject;
  /** The code step before it whose output is the content, taken as it is: nothing in it is rendered */
  contentFrom?: string;
  type: 'in_app';
  title?: string;
  body?: string;
  icon?: string;
  image?: string;
  link?: string;
  actions?: { id: string; label: string; link?: string; style?: 'primary' | 'secondary' | 'danger' }[];
  data?: JsonObject;
  collapseKey?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  template?: string;
  templateData?: JsonObject;
  /** The code step before it whose output is the content, taken as it is: nothing in it is rendered */
  contentFrom?: string;
  type: 'email';
  subject?: string;
  body?: string;
  preheader?: string;
  from?: string;
  replyTo?: string;
  layout?: string;
  attachments?: string[];
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  template?: string;
  templateData?: JsonObject;
  /** The code step before it whose output is the content, taken as it is: nothing in it is rendered */
  contentFrom?: string;
  type: 'sms';
  body?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  template?: string;
  templateData?: JsonObject;
  /** The code step before it whose output is the content, taken as it is: nothing in it is rendered */
  contentFrom?: string;
  type: 'whatsapp';
  body?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  template?: string;
  templateData?: JsonObject;
  /** The code step before it whose output is the content, taken as it is: nothing in it is rendered */
  contentFrom?: string;
  type: 'chat';
  body?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  template?: string;
  templateData?: JsonObject;
  /** The code step before it whose output is the content, taken as it is: nothing in it is rendered */
  contentFrom?: string;
  type: 'push';
  title?: string;
  body?: string;
  link?: string;
  image?: string;
  data?: JsonObject;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'webhook';
  body?: Json;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'delay';
  for?: string;
  until?: string;
  untilPath?: string;
  at?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'digest';
  window?: string;
  cron?: string;
  sliding?: {
    /** A length of time: 30s, 15m, 2h, 3d, 1w */
    max: string;
  };
  lookBack?: string;
  key?: string;
  flushAt?: number;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'throttle';
  limit?: number;
  window?: string;
  windowPath?: string;
  key?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'http';
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: Json;
  timeoutMs?: number;
  expect?: Record<string, Json>;
  continueOnFailure?: boolean;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'code';
  /** The registered endpoint whose application has the function */
  endpoint?: string;
  timeoutMs?: number;
  retries?: number;
  output?: Record<string, Json>;
  continueOnFailure?: boolean;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'update_user';
  attributes: JsonObject;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'update_topic';
  topic: string;
  action: 'subscribe' | 'unsubscribe';
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'invoke';
  workflow: string;
  payload?: JsonObject;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'stop';
  reason?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'branch';
  branches: {
    name?: string;
    /** JSON Logic */
    if: Condition;
    steps: Step[];
  }[];
  else?: Step[];
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'wait';
  events: {
    event: string;
    /** Sees the awaited event as `event` beside the data of the run */
    if?: Condition;
    steps?: Step[];
  }[];
  /** A length of time: 30s, 15m, 2h, 3d, 1w */
  timeout: string;
  onTimeout?: Step[];
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'loop';
  over: string;
  as?: string;
  max?: number;
  steps: Step[];
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'split';
  arms: { name: string; weight: number; steps: Step[] }[];
};

export type StepInput = {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  template?: string;
  templateData?: JsonObject;
  /** The code step before it whose output is the content, taken as it is: nothing in it is rendered */
  contentFrom?: string;
  type: 'in_app';
  title?: string;
  body?: string;
  icon?: string;
  image?: string;
  link?: string;
  actions?: { id: string; label: string; link?: string; style?: 'primary' | 'secondary' | 'danger' }[];
  data?: JsonObject;
  collapseKey?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  template?: string;
  templateData?: JsonObject;
  /** The code step before it whose output is the content, taken as it is: nothing in it is rendered */
  contentFrom?: string;
  type: 'email';
  subject?: string;
  body?: string;
  preheader?: string;
  from?: string;
  replyTo?: string;
  layout?: string;
  attachments?: string[];
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  template?: string;
  templateData?: JsonObject;
  /** The code step before it whose output is the content, taken as it is: nothing in it is rendered */
  contentFrom?: string;
  type: 'sms';
  body?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  template?: string;
  templateData?: JsonObject;
  /** The code step before it whose output is the content, taken as it is: nothing in it is rendered */
  contentFrom?: string;
  type: 'whatsapp';
  body?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  template?: string;
  templateData?: JsonObject;
  /** The code step before it whose output is the content, taken as it is: nothing in it is rendered */
  contentFrom?: string;
  type: 'chat';
  body?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  template?: string;
  templateData?: JsonObject;
  /** The code step before it whose output is the content, taken as it is: nothing in it is rendered */
  contentFrom?: string;
  type: 'push';
  title?: string;
  body?: string;
  link?: string;
  image?: string;
  data?: JsonObject;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'webhook';
  body?: Json;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'delay';
  for?: string;
  until?: string;
  untilPath?: string;
  at?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'digest';
  window?: string;
  cron?: string;
  sliding?: {
    /** A length of time: 30s, 15m, 2h, 3d, 1w */
    max: string;
  };
  lookBack?: string;
  key?: string;
  flushAt?: number;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'throttle';
  limit?: number;
  window?: string;
  windowPath?: string;
  key?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'http';
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: Json;
  timeoutMs?: number;
  expect?: Record<string, Json>;
  continueOnFailure?: boolean;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'code';
  /** The registered endpoint whose application has the function */
  endpoint?: string;
  timeoutMs?: number;
  retries?: number;
  output?: Record<string, Json>;
  continueOnFailure?: boolean;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'update_user';
  attributes: JsonObject;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'update_topic';
  topic: string;
  action: 'subscribe' | 'unsubscribe';
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'invoke';
  workflow: string;
  payload?: JsonObject;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'stop';
  reason?: string;
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'branch';
  branches: {
    name?: string;
    /** JSON Logic */
    if: Condition;
    steps: StepInput[];
  }[];
  else?: StepInput[];
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'wait';
  events: {
    event: string;
    /** Sees the awaited event as `event` beside the data of the run */
    if?: Condition;
    steps?: StepInput[];
  }[];
  /** A length of time: 30s, 15m, 2h, 3d, 1w */
  timeout: string;
  onTimeout?: StepInput[];
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'loop';
  over: string;
  as?: string;
  max?: number;
  steps: StepInput[];
} | {
  /** Unique in the workflow; later steps speak of it as steps.<id> */
  id: string;
  name?: string;
  /** The step is skipped unless this is true */
  if?: Condition;
  type: 'split';
  arms: { name: string; weight: number; steps: StepInput[] }[];
};

/** A reader that is connected to the process that answers. */
export interface StreamConnection {
  id: string;
  /** The process that holds it */
  node: string;
  userId: string | null;
  sessionId: string | null;
  transport: string;
  streams: string[];
  state: 'opening' | 'live' | 'catchup' | 'closing' | 'closed';
  cursor: string | null;
  /** Positions it is behind */
  lag: number;
  unacknowledged: number | null;
  events: number;
  bytes: number;
  /** ISO-8601 instant */
  openedAt: string;
}

/** That a reader was handed a stretch of the log, or said that it has it. */
export interface StreamDelivery {
  userId: string | null;
  client: string | null;
  connection: string | null;
  /** `handed`: given to the connection; what it held when it broke may not have arrived. `acknowledged`: the client said so. */
  kind: 'handed' | 'acknowledged';
  /** Position on the log of the workspace */
  after: string;
  /** Position on the log of the workspace */
  upTo: string;
  /** ISO-8601 instant */
  at: string;
}

/** Body of `POST /v1/stream/events`. */
export interface StreamEventInput {
  /** Several receive it in one commit */
  to: StreamTarget | StreamTarget[];
  name: string;
  /** At most 262144 bytes of JSON */
  data?: Json;
  /** For filters of readers; not sent to them */
  tags?: Record<string, string | number | boolean>;
  /** Users it tells something about; it is emptied when one of them is erased */
  about?: string[];
}

/** Whom an event on the stream is for. */
export type StreamTarget = { everyone: true } | {
  /** Your own id of the user */
  user: string;
} | {
  /** Key of the topic */
  topic: string;
} | { session: string };

export interface StreamsDeliveriesQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  event?: string;
  user?: string;
}

export interface StreamsEventsQuery {
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  /** w (everyone), o (operators), u.<user>, t.<topic> */
  stream?: string;
  name?: string;
  since?: string;
}

export interface StreamsLogQuery {
  /** Without it only the head is told */
  after?: number;
  limit?: number;
}

export interface StreamsPublishResult {
  /** On how many streams it was put */
  streams: number;
}

/** An address that is never written to. */
export interface Suppression {
  channel: Channel;
  address: string;
  reason: 'bounced' | 'complained' | 'manual';
  source: string;
  evidence: Record<string, Json>;
  /** ISO-8601 instant */
  createdAt: string;
}

export type SuppressionInput = { channel?: Channel; address: string; reason?: 'bounced' | 'complained' | 'manual' };

export interface SuppressionsImportResult {
  added: number;
  /** One for each that was given, in the same order */
  items: {
    channel: Channel;
    /** In the form in which it is recognised */
    address: string;
    result: 'added' | 'known' | 'repeated';
  }[];
}

export interface SuppressionsListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  /** Beginning of the address */
  q?: string;
}

export interface Template {
  key: string;
  name: string;
  description: string | null;
  channel: 'email' | 'in_app' | 'sms' | 'push' | 'whatsapp' | 'chat';
  published: {
    version: number;
    /** ISO-8601 instant */
    at: string;
  } | null;
  /** The draft differs from what is published */
  changed: boolean;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
}

/** One difference between two contents; long texts come line by line. */
export interface TemplateChange {
  field: string;
  kind: 'added' | 'removed' | 'changed';
  before: Json | null;
  after: Json | null;
  lines?: { kind: 'same' | 'added' | 'removed'; text: string }[];
}

/** What a template says, in the fields of its channel. */
export type TemplateContent = {
  channel: 'email';
  subject: string;
  preheader?: string;
  from?: string;
  replyTo?: string;
  layout?: string;
  body: EmailBody;
  text?: string;
  marketing?: boolean;
  /** Locale → the fields that say something else there; the others are as in the content itself */
  locales?: Record<string, {
    subject?: string;
    preheader?: string;
    from?: string;
    replyTo?: string;
    layout?: string;
    body?: EmailBody;
    text?: string;
  }>;
  messages?: LocalMessages;
} | {
  channel: 'in_app';
  title: string;
  body: string;
  icon?: string;
  image?: string;
  link?: string;
  actions?: { id: string; label: string; link?: string; style?: 'primary' | 'secondary' | 'danger' }[];
  data?: JsonObject;
  collapseKey?: string;
  /** Locale → the fields that say something else there; the others are as in the content itself */
  locales?: Record<string, {
    title?: string;
    body?: string;
    icon?: string;
    image?: string;
    link?: string;
    actions?: { id: string; label: string; link?: string; style?: 'primary' | 'secondary' | 'danger' }[];
  }>;
  messages?: LocalMessages;
} | {
  channel: 'sms';
  body: string;
  /** Locale → the fields that say something else there; the others are as in the content itself */
  locales?: Record<string, { body?: string }>;
  messages?: LocalMessages;
} | {
  channel: 'push';
  title: string;
  body: string;
  link?: string;
  image?: string;
  data?: JsonObject;
  /** Locale → the fields that say something else there; the others are as in the content itself */
  locales?: Record<string, { title?: string; body?: string; link?: string; image?: string }>;
  messages?: LocalMessages;
} | {
  channel: 'whatsapp';
  body: string;
  /** Locale → the fields that say something else there; the others are as in the content itself */
  locales?: Record<string, { body?: string }>;
  messages?: LocalMessages;
} | {
  channel: 'chat';
  body: string;
  /** Locale → the fields that say something else there; the others are as in the content itself */
  locales?: Record<string, { body?: string }>;
  messages?: LocalMessages;
};

export type TemplateContentInput = {
  channel: 'email';
  subject: string;
  preheader?: string;
  from?: string;
  replyTo?: string;
  layout?: string;
  body: EmailBodyInput;
  text?: string;
  marketing?: boolean;
  /** Locale → the fields that say something else there; the others are as in the content itself */
  locales?: Record<string, {
    subject?: string;
    preheader?: string;
    from?: string;
    replyTo?: string;
    layout?: string;
    body?: EmailBodyInput;
    text?: string;
  }>;
  messages?: LocalMessages;
} | {
  channel: 'in_app';
  title: string;
  body?: string;
  icon?: string;
  image?: string;
  link?: string;
  actions?: { id: string; label: string; link?: string; style?: 'primary' | 'secondary' | 'danger' }[];
  data?: JsonObject;
  collapseKey?: string;
  /** Locale → the fields that say something else there; the others are as in the content itself */
  locales?: Record<string, {
    title?: string;
    body?: string;
    icon?: string;
    image?: string;
    link?: string;
    actions?: { id: string; label: string; link?: string; style?: 'primary' | 'secondary' | 'danger' }[];
  }>;
  messages?: LocalMessages;
} | {
  channel: 'sms';
  body: string;
  /** Locale → the fields that say something else there; the others are as in the content itself */
  locales?: Record<string, { body?: string }>;
  messages?: LocalMessages;
} | {
  channel: 'push';
  title: string;
  body: string;
  link?: string;
  image?: string;
  data?: JsonObject;
  /** Locale → the fields that say something else there; the others are as in the content itself */
  locales?: Record<string, { title?: string; body?: string; link?: string; image?: string }>;
  messages?: LocalMessages;
} | {
  channel: 'whatsapp';
  body: string;
  /** Locale → the fields that say something else there; the others are as in the content itself */
  locales?: Record<string, { body?: string }>;
  messages?: LocalMessages;
} | {
  channel: 'chat';
  body: string;
  /** Locale → the fields that say something else there; the others are as in the content itself */
  locales?: Record<string, { body?: string }>;
  messages?: LocalMessages;
};

export interface TemplateDetail {
  key: string;
  name: string;
  description: string | null;
  channel: 'email' | 'in_app' | 'sms' | 'push' | 'whatsapp' | 'chat';
  published: {
    version: number;
    /** ISO-8601 instant */
    at: string;
  } | null;
  /** The draft differs from what is published */
  changed: boolean;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
  content: TemplateContent;
  sample: JsonObject;
  variables: TemplateVariable[];
  /** JSON Schema of the payload, inferred from the template */
  schema: Record<string, Json>;
  findings: TemplateFinding[];
}

/** Something to know before publishing; errors prevent it. */
export type TemplateFinding = { level: 'error' | 'warning'; code: string; message: string; field: string | null; line: number | null };

/** Body of `PUT /v1/templates/{key}`: the draft as a whole. */
export type TemplateInput = { name?: string; description?: string; content: TemplateContentInput; sample?: JsonObject };

export interface TemplatePartial {
  name: string;
  format: 'markdown' | 'html' | 'text';
  source: string;
  key: string;
  /** ISO-8601 instant */
  updatedAt: string;
}

export interface TemplatePreview {
  findings: TemplateFinding[];
  variables: TemplateVariable[];
  /** Required variables that the data does not fill */
  missing: string[];
  items: {
    locale: string;
    /** The locale whose own content this is; null is the content itself */
    variant: string | null;
    dir: 'ltr' | 'rtl';
    content: MessageContent | null;
    error: string | null;
    /** Of this locale */
    missing: string[];
    /** Size of the HTML; 0 for other channels */
    bytes: number;
  }[];
}

/** What a template needs from the data it is given. */
export interface TemplateVariable {
  path: string;
  type: 'string' | 'number' | 'boolean' | 'date' | 'list' | 'any';
  /** False when the template gives a default or asks whether it exists */
  required: boolean;
}

export interface TemplateVersion {
  version: number;
  note: string | null;
  /** ISO-8601 instant */
  publishedAt: string;
  publishedBy: Actor;
  /** This is what is sent now */
  live: boolean;
}

export interface TemplateVersionDetail {
  version: number;
  note: string | null;
  /** ISO-8601 instant */
  publishedAt: string;
  publishedBy: Actor;
  /** This is what is sent now */
  live: boolean;
  content: TemplateContent;
}

export interface TemplatesListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  channel?: 'email' | 'in_app' | 'sms' | 'push' | 'whatsapp' | 'chat';
}

export interface TemplatesPreviewBody {
  source?: 'draft' | 'published';
  /** What the template sees: `payload`, `user`, `events`, `digest`, … */
  data?: JsonObject;
  /** Default: every locale there is a translation for. `en-XA` shows the text accented and a third longer, `ar-XB` from right to left, so that layouts break before translators come. */
  locales?: string[];
  timeZone?: string;
}

export interface TemplatesTestBody {
  source?: 'draft' | 'published';
  /** Default: the sample of the template */
  data?: JsonObject;
  locale?: string;
  /** Default: the member who asks; an API key names one */
  member?: string;
}

export interface TemplatesTestResult {
  /** Id of the message */
  messageId: string;
  to: string;
  /** ISO-8601 instant */
  at: string;
}

export interface TemplatesTryBody {
  content: TemplateContentInput;
  /** What the template sees: `payload`, `user`, `events`, `digest`, … */
  data?: JsonObject;
  /** Default: every locale there is a translation for. `en-XA` shows the text accented and a third longer, `ar-XB` from right to left, so that layouts break before translators come. */
  locales?: string[];
  timeZone?: string;
}

export interface TemplatesTryRuleBody {
  /** JSON Logic */
  rule: Condition;
  data?: JsonObject;
}

export interface TemplatesTryRuleResult {
  /** What a workflow makes of it: unknown is false */
  holds: boolean;
  /** The value itself; null when it is unknown */
  value: Json;
  /** The paths the rule looks at */
  reads: string[];
}

/** A list people subscribe to. */
export interface Topic {
  /** Key of the topic */
  key: string;
  name: string | null;
  /** How many users are subscribed */
  subscribers: number;
  /** ISO-8601 instant */
  createdAt: string;
}

export interface TopicSubscription {
  /** Your own id of the user */
  userId: string;
  /** ISO-8601 instant */
  createdAt: string;
}

/** One decision of a run, in words. */
export interface TraceLine {
  /** ISO-8601 instant */
  at: string;
  step: string | null;
  type: string | null;
  code: string;
  sentence: string;
  detail?: Record<string, Json>;
}

export interface Translations {
  locale: string;
  messages: Record<string, string>;
  /** Keys other locales have and this one lacks */
  missing: string[];
  /** ISO-8601 instant */
  updatedAt: string;
}

/** Messages of one locale; null removes a key. */
export type TranslationsInput = { messages: Record<string, string | null> };

/** What starts a workflow, beside a call by its key. */
export interface Trigger {
  event?: string;
  /** Sees `payload` and `event`; the workflow does not start when false */
  if?: Condition;
}

/** Body of `POST /v1/workflows/{key}/trigger`. */
export interface TriggerInput {
  to?: EventAudience;
  payload?: EventPayload;
  /** The same id is accepted once; later ones get the first answer */
  transactionId?: string;
  /** Who caused it: left out when a topic or everyone is addressed */
  actor?: string;
  /** Runs that are under way can be cancelled by it */
  cancelKey?: string;
}

export interface UpcomingFire {
  /** ISO-8601 instant */
  at: string;
  timeZone: string;
  local: string;
  userId?: string;
}

/** A person who receives. */
export interface User {
  /** Your own id of the user */
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  avatarUrl: string | null;
  locale: string | null;
  timeZone: string | null;
  attributes: Record<string, Json>;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
}

export interface UserChoicesInput {
  all?: boolean;
  channels?: ChannelChoices;
  categories?: Record<string, { channels?: ChannelChoices; cadence?: Cadence; snoozedUntil?: string }>;
  workflows?: Record<string, WorkflowChoice>;
  quietHours?: QuietHoursInput[];
  doNotDisturb?: DoNotDisturbInput;
  consents?: Record<string, Consent>;
}

/** What may be said of a user. A field left out stays as it is, null removes it. */
export interface UserInput {
  name?: string | null;
  email?: string | null;
  phone?: string | null;
  avatarUrl?: string | null;
  locale?: string | null;
  timeZone?: string | null;
  /** Replaces the attributes as a whole */
  attributes?: JsonObject;
}

/** A short-lived token for one user's browser. */
export interface UserToken {
  token: string;
  /** ISO-8601 instant */
  expiresAt: string;
}

export interface UsersBulkBody {
  users: {
    /** Your own id of the user */
    id: string;
    name?: string | null;
    email?: string | null;
    phone?: string | null;
    avatarUrl?: string | null;
    locale?: string | null;
    timeZone?: string | null;
    /** Replaces the attributes as a whole */
    attributes?: JsonObject;
  }[];
}

export interface UsersListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  /** Beginning of the id, the name or the e-mail address */
  q?: string;
}

/** A workflow: its draft, and which version of it runs. */
export interface Workflow {
  key: string;
  name: string;
  status: 'draft' | 'published' | 'off' | 'archived';
  /** The version that runs; null before the first publish */
  version: number | null;
  /** The draft differs from the version that runs */
  changed: boolean;
  draft: WorkflowDefinition;
  /** Of the draft: equal definitions have equal hashes */
  hash: string;
  /** Where it is kept; null when it is edited here */
  origin: WorkflowOrigin | null;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
  updatedBy: { kind: string; id: string; name: string | null };
  publishedAt: string | null;
}

export type WorkflowChoice = { channels?: ChannelChoices };

/** A workflow as it is written: the same whether drawn, sent to the API or programmed. */
export interface WorkflowDefinition {
  key: string;
  name: string;
  description?: string;
  category: string;
  priority: Priority;
  /** Passes preferences, caps and quiet hours */
  critical: boolean;
  tags: string[];
  trigger: Trigger;
  payload?: Record<string, Json>;
  steps: Step[];
}

/** An address of the host application that lists its workflows and runs their code steps. */
export interface WorkflowEndpoint {
  key: string;
  url: string;
  /** The last characters of its secret */
  hint: string;
  /** Until then requests are signed with the former secret as well */
  rotatingUntil: string | null;
  syncedAt: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
}

export interface WorkflowEndpointsCreateResult {
  key: string;
  url: string;
  /** The last characters of its secret */
  hint: string;
  /** Until then requests are signed with the former secret as well */
  rotatingUntil: string | null;
  syncedAt: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
  /** Told only now; the application checks requests with it */
  secret: string;
}

export interface WorkflowEndpointsRotateResult {
  key: string;
  url: string;
  /** The last characters of its secret */
  hint: string;
  /** Until then requests are signed with the former secret as well */
  rotatingUntil: string | null;
  syncedAt: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
  /** Told only now; the application checks requests with it */
  secret: string;
}

export interface WorkflowEndpointsSyncBody {
  dryRun?: boolean;
  /** Take over workflows that were made elsewhere */
  force?: boolean;
  prune?: boolean;
}

/** Where a workflow is kept when not in the dashboard: in the code behind an endpoint, or in files that are pushed. */
export type WorkflowOrigin = { kind: 'code'; endpoint: string } | { kind: 'files' };

export interface WorkflowRule {
  workflow: string;
  name: string;
  category: string;
  critical: boolean;
  /** On or off per channel */
  defaults: ChannelChoices;
  /** On or off per channel */
  forced: ChannelChoices;
}

/** What a workspace says of one workflow. */
export type WorkflowRuleInput = { defaults?: ChannelChoices; forced?: ChannelChoices };

export interface WorkflowVersion {
  version: number;
  hash: string;
  note: string | null;
  /** ISO-8601 instant */
  publishedAt: string;
  publishedBy: { kind: string; id: string; name: string | null };
  definition: WorkflowDefinition;
}

export interface WorkflowsGetReadyMadeResult {
  key: string;
  name: string;
  description: string;
  sample: Record<string, Json>;
  /** What a digest in it might hold */
  sampleEvents: Record<string, Json>[];
  workflow: WorkflowDefinition;
  templates: { key: string; name: string; content: TemplateContent }[];
}

export interface WorkflowsInstallResult {
  workflow: Workflow;
  /** False when there was a workflow with this key */
  installed: boolean;
  /** Templates that were added */
  templates: string[];
}

export interface WorkflowsListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  archived?: 'true' | 'false';
  /** Part of the name or of the key */
  q?: string;
  status?: 'draft' | 'published' | 'off';
}

export interface WorkflowsPromoteBody {
  /** Default: all that are published there */
  keys?: string[];
  dryRun?: boolean;
}

export interface WorkflowsPromoteResult {
  workflows: {
    key: string;
    changed: boolean;
    /** The version that runs here now */
    version: number | null;
    changes: Change[];
    /** Why it was not taken over */
    problems: FieldError[];
  }[];
}

export interface WorkflowsReadyMadeResult {
  items: {
    key: string;
    name: string;
    description: string;
    sample: Record<string, Json>;
    templates: string[];
    /** There is a workflow with this key already */
    installed: boolean;
  }[];
}

export interface WorkflowsReplayResult {
  examined: number;
  before: {
    channel: Channel;
    outcome: 'send' | 'skip' | 'hold' | 'digest';
    code: ReasonCode | null;
    messages: number;
  }[];
  after: {
    channel: Channel;
    outcome: 'send' | 'skip' | 'hold' | 'digest';
    code: ReasonCode | null;
    messages: number;
  }[];
  /** Users who would get nothing any more; at most 100 */
  silenced: string[];
  /** Users who would get something now; at most 100 */
  reached: string[];
}

export interface WorkflowsTestBody {
  /** Your own id of the user */
  user: string;
  payload?: EventPayload;
  /** A version instead of the draft */
  version?: number;
  actor?: string;
  /** Ask code steps for a preview, as far as they give one; needs `workflows.publish` */
  callCode?: boolean;
  events?: {
    name: string;
    /** A length of time: 30s, 15m, 2h, 3d, 1w */
    after: string;
    payload?: EventPayload;
  }[];
}

export interface WorkflowsTestResult {
  state: 'done' | 'failed';
  code: string;
  sentence: string;
  /** ISO-8601 instant */
  beginsAt: string;
  /** ISO-8601 instant */
  endsAt: string;
  trace: TraceLine[];
  messages: {
    step: string;
    channel: Channel;
    /** ISO-8601 instant */
    at: string;
    content: MessageContent | null;
    /** By the workflow itself */
    skipped: { code: ReasonCode; sentence: string } | null;
    /** What the layers say */
    decision: Decision | null;
  }[];
}

export interface WorkflowsUpsertBody {
  name: string;
  description?: string;
  category?: string;
  priority?: Priority;
  /** Passes preferences, caps and quiet hours */
  critical?: boolean;
  tags?: string[];
  trigger?: Trigger;
  payload?: Record<string, Json>;
  steps: StepInput[];
}

export interface WorkflowsUpsertResult {
  key: string;
  name: string;
  status: 'draft' | 'published' | 'off' | 'archived';
  /** The version that runs; null before the first publish */
  version: number | null;
  /** The draft differs from the version that runs */
  changed: boolean;
  draft: WorkflowDefinition;
  /** Of the draft: equal definitions have equal hashes */
  hash: string;
  /** Where it is kept; null when it is edited here */
  origin: WorkflowOrigin | null;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
  updatedBy: { kind: string; id: string; name: string | null };
  publishedAt: string | null;
  /** What keeps the draft from being published */
  problems: FieldError[];
}

export interface WorkflowsValidateBody {
  name: string;
  description?: string;
  category?: string;
  priority?: Priority;
  /** Passes preferences, caps and quiet hours */
  critical?: boolean;
  tags?: string[];
  trigger?: Trigger;
  payload?: Record<string, Json>;
  steps: StepInput[];
}

export interface WorkflowsValidateResult {
  ok: boolean;
  problems: FieldError[];
  /** Against what runs now */
  changes: Change[];
}

export interface Workspace {
  /** Id of the workspace */
  id: string;
  name: string;
  kind: 'production' | 'sandbox';
  /** The workspace this sandbox belongs to */
  parentId: string | null;
  sandboxId: string | null;
  /** ISO-8601 instant */
  createdAt: string;
}

/** The operations an API key can be allowed to call, in groups. */
export class Operations {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  readonly workspace = {
    /**
     * The workspace of these credentials.
     * Needs the permission `members.read`.
     */
    get: (options?: CallOptions): Promise<Workspace> =>
      this.#call({ method: 'GET', path: '/v1/workspace' }, options),

    /**
     * Rename the workspace.
     * Needs the permission `workspace.manage`.
     */
    update: (body: { name: string }, options?: CallOptions): Promise<Workspace> =>
      this.#call({ method: 'PATCH', path: '/v1/workspace', body, once: true }, options),

    /**
     * Create the sandbox of the workspace.
     * A workspace of its own for development, with the same roles and members.
     * Needs the permission `workspace.manage`.
     */
    createSandbox: (options?: CallOptions): Promise<Workspace> =>
      this.#call({ method: 'POST', path: '/v1/workspace/sandbox', once: true }, options),
  };

  readonly members = {
    /**
     * Members of the workspace, in the order of joining.
     * Needs the permission `members.read`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<Member> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/members', query }, options),

    /**
     * Give a member another role.
     * You can give no permission that you do not have yourself. The owner changes only by transfer.
     * Needs the permission `members.manage`.
     */
    update: (id: string, body: MembersUpdateBody, options?: CallOptions): Promise<Member> =>
      this.#call({ method: 'PATCH', path: `/v1/members/${encodeURIComponent(id)}`, body, once: true }, options),

    /**
     * Remove a member, or leave.
     * Removing somebody else needs `members.manage`; everyone but the owner may leave.
     * Needs the permission `members.read`.
     */
    remove: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/members/${encodeURIComponent(id)}` }, options),
  };

  readonly invitations = {
    /**
     * Invitations that were not accepted yet, the newest first.
     * Needs the permission `members.read`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<Invitation> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/invitations', query }, options),

    /**
     * Invite somebody into the workspace.
     * Mails a link that works once, for 7 days. Inviting the same address again replaces the link.
     * Needs the permission `members.manage`.
     */
    create: (body: InvitationsCreateBody, options?: CallOptions): Promise<Invitation> =>
      this.#call({ method: 'POST', path: '/v1/invitations', body, once: true }, options),

    /**
     * Withdraw an invitation.
     * Needs the permission `members.manage`.
     */
    withdraw: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/invitations/${encodeURIComponent(id)}` }, options),
  };

  readonly roles = {
    /**
     * The built-in roles and those of the workspace.
     * Needs the permission `members.read`.
     */
    list: (options?: CallOptions): Promise<{ items: Role[] }> =>
      this.#call({ method: 'GET', path: '/v1/roles' }, options),

    /**
     * Create a role.
     * A role can hold no permission that you do not have yourself.
     * Needs the permission `roles.manage`.
     */
    create: (body: { name: string; permissions: Permission[] }, options?: CallOptions): Promise<Role> =>
      this.#call({ method: 'POST', path: '/v1/roles', body, once: true }, options),

    /**
     * Change a role for everyone who has it.
     * Needs the permission `roles.manage`.
     */
    update: (id: string, body: { name?: string; permissions?: Permission[] } = {}, options?: CallOptions): Promise<Role> =>
      this.#call({ method: 'PATCH', path: `/v1/roles/${encodeURIComponent(id)}`, body, once: true }, options),

    /**
     * Delete a role that nobody has.
     * Needs the permission `roles.manage`.
     */
    delete: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/roles/${encodeURIComponent(id)}` }, options),
  };

  readonly apiKeys = {
    /**
     * API keys, the newest first, without their secrets.
     * Needs the permission `keys.manage`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<ApiKey> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/api-keys', query }, options),

    /**
     * Create an API key.
     * The secret is in this answer and is never shown again. Without `permissions` the key may do what you may; it can never do more.
     * Needs the permission `keys.manage`.
     */
    create: (body: { name: string; permissions?: Permission[]; expiresAt?: string }, options?: CallOptions): Promise<ApiKeyWithSecret> =>
      this.#call({ method: 'POST', path: '/v1/api-keys', body, once: true }, options),

    /**
     * Replace an API key by a new one.
     * The old key works on for `overlapMinutes`, 0 to 10080.
     * Needs the permission `keys.manage`.
     */
    rotate: (id: string, body: { overlapMinutes?: number } = {}, options?: CallOptions): Promise<ApiKeyWithSecret> =>
      this.#call({ method: 'POST', path: `/v1/api-keys/${encodeURIComponent(id)}/rotate`, body, once: true }, options),

    /**
     * Revoke an API key at once.
     * Needs the permission `keys.manage`.
     */
    revoke: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/api-keys/${encodeURIComponent(id)}` }, options),
  };

  readonly users = {
    /**
     * Mint a token for one user’s browser.
     * Your server asks for it when the user is signed in there. An unknown user comes into being.
     * Needs the permission `users.impersonate`.
     */
    createToken: (id: string, body: { ttlMinutes?: number } = {}, options?: CallOptions): Promise<UserToken> =>
      this.#call({ method: 'POST', path: `/v1/users/${encodeURIComponent(id)}/tokens`, body, once: true }, options),

    /**
     * Create or change a user.
     * A field left out stays as it is, null removes it. `attributes` are replaced as a whole.
     * Needs the permission `users.write`.
     */
    upsert: (id: string, body: UserInput = {}, options?: CallOptions): Promise<User> =>
      this.#call({ method: 'PUT', path: `/v1/users/${encodeURIComponent(id)}`, body }, options),

    /**
     * Get a user.
     * Needs the permission `users.read`.
     */
    get: (id: string, options?: CallOptions): Promise<User> =>
      this.#call({ method: 'GET', path: `/v1/users/${encodeURIComponent(id)}` }, options),

    /**
     * Delete a user with inbox and subscriptions.
     * Needs the permission `users.write`.
     */
    delete: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/users/${encodeURIComponent(id)}` }, options),

    /**
     * List users.
     * Needs the permission `users.read`.
     */
    list: (query: UsersListQuery = {}, options?: CallOptions): Pages<User> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/users', query }, options),

    /**
     * Create or change many users.
     * Each entry is the id of a user with the fields of `PUT /v1/users/{id}`. An entry at fault fails alone.
     * Needs the permission `users.write`.
     */
    bulk: (body: UsersBulkBody, options?: CallOptions): Promise<{ results: { id: string; status: 'created' | 'updated' | 'failed'; error?: string }[] }> =>
      this.#call({ method: 'POST', path: '/v1/users/bulk', body }, options),

    /**
     * List the topics a user is subscribed to.
     * Needs the permission `users.read`.
     */
    topics: (id: string, query: PageQuery = {}, options?: CallOptions): Pages<Topic> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/users/${encodeURIComponent(id)}/topics`, query }, options),

    /**
     * Is a user connected now?
     * Needs the permission `users.read`.
     */
    presence: (id: string, options?: CallOptions): Promise<Presence> =>
      this.#call({ method: 'GET', path: `/v1/users/${encodeURIComponent(id)}/presence` }, options),

    /**
     * Empty all events of a user on the log.
     * Those on their stream and those that name them in `about`: on the log, in memory, and for everyone who resumes. Positions stay, so that nobody misses anything else. Deleting a user does this, too.
     * Needs the permission `streams.manage`.
     */
    eraseStream: (id: string, options?: CallOptions): Promise<{ asked: true }> =>
      this.#call({ method: 'POST', path: `/v1/users/${encodeURIComponent(id)}/erase-stream` }, options),
  };

  readonly auditLog = {
    /**
     * Who changed what, the newest first.
     * Needs the permission `audit.read`.
     */
    list: (query: AuditLogListQuery = {}, options?: CallOptions): Pages<AuditEntry> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/audit-log', query }, options),
  };

  readonly jobs = {
    /**
     * Background work that waits, runs, or has failed too often, the newest first.
     * Needs the permission `jobs.read`.
     */
    list: (query: JobsListQuery = {}, options?: CallOptions): Pages<Job> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/jobs', query }, options),

    /**
     * One job: its data, its progress, and why it has failed.
     * Needs the permission `jobs.read`.
     */
    get: (id: string, options?: CallOptions): Promise<JobDetails> =>
      this.#call({ method: 'GET', path: `/v1/jobs/${encodeURIComponent(id)}` }, options),

    /**
     * How much background work there is, by state and name.
     * Needs the permission `jobs.read`.
     */
    stats: (options?: CallOptions): Promise<JobStats> =>
      this.#call({ method: 'GET', path: '/v1/job-stats' }, options),

    /**
     * Run a job now that was given up or waits for its time.
     * Needs the permission `jobs.manage`.
     */
    redrive: (id: string, options?: CallOptions): Promise<JobDetails> =>
      this.#call({ method: 'POST', path: `/v1/jobs/${encodeURIComponent(id)}/redrive` }, options),

    /**
     * Run again all jobs that were given up, or those of one name.
     * The first thousand are ready with the answer; when there are more, a job goes on with the rest.
     * Needs the permission `jobs.manage`.
     */
    redriveAll: (body: { name?: string } = {}, options?: CallOptions): Promise<JobsRedriveAllResult> =>
      this.#call({ method: 'POST', path: '/v1/jobs/redrive', body }, options),

    /**
     * Delete a job that waits or was given up.
     * Needs the permission `jobs.manage`.
     */
    drop: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/jobs/${encodeURIComponent(id)}` }, options),
  };

  readonly catalog = {
    /**
     * List the declared events.
     * Needs the permission `catalog.read`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<EventType> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/catalog', query }, options),

    /**
     * Get the declared events as an AsyncAPI 3.0 document.
     * Needs the permission `catalog.read`.
     */
    asyncapi: (options?: CallOptions): Promise<Record<string, Json>> =>
      this.#call({ method: 'GET', path: '/v1/catalog.asyncapi.json' }, options),

    /**
     * Get a declared event.
     * Needs the permission `catalog.read`.
     */
    get: (name: string, options?: CallOptions): Promise<EventType> =>
      this.#call({ method: 'GET', path: `/v1/catalog/${encodeURIComponent(name)}` }, options),

    /**
     * Declare an event, or change its declaration.
     * From now on events of this name must fit the schema. A change that existing readers may stumble over is refused with 409 unless `allowBreaking` is sent.
     * Needs the permission `catalog.write`.
     */
    upsert: (name: string, body: EventTypeInput, options?: CallOptions): Promise<EventType> =>
      this.#call({ method: 'PUT', path: `/v1/catalog/${encodeURIComponent(name)}`, body }, options),

    /**
     * List the versions of a declared event, with what each changed.
     * Needs the permission `catalog.read`.
     */
    versions: (name: string, query: PageQuery = {}, options?: CallOptions): Pages<EventTypeVersion> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/catalog/${encodeURIComponent(name)}/versions`, query }, options),

    /**
     * Withdraw the declaration of an event.
     * Events of this name are no longer checked.
     * Needs the permission `catalog.write`.
     */
    delete: (name: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/catalog/${encodeURIComponent(name)}` }, options),
  };

  readonly topics = {
    /**
     * Create or rename a topic.
     * Needs the permission `topics.write`.
     */
    upsert: (key: string, body: { name?: string | null } = {}, options?: CallOptions): Promise<Topic> =>
      this.#call({ method: 'PUT', path: `/v1/topics/${encodeURIComponent(key)}`, body }, options),

    /**
     * List topics.
     * Needs the permission `topics.read`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<Topic> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/topics', query }, options),

    /**
     * Get a topic.
     * Needs the permission `topics.read`.
     */
    get: (key: string, options?: CallOptions): Promise<Topic> =>
      this.#call({ method: 'GET', path: `/v1/topics/${encodeURIComponent(key)}` }, options),

    /**
     * Delete a topic with its subscriptions.
     * Needs the permission `topics.write`.
     */
    delete: (key: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/topics/${encodeURIComponent(key)}` }, options),

    /**
     * List who is subscribed to a topic.
     * Needs the permission `topics.read`.
     */
    subscribers: (key: string, query: PageQuery = {}, options?: CallOptions): Pages<TopicSubscription> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/topics/${encodeURIComponent(key)}/subscribers`, query }, options),

    /**
     * Subscribe users to a topic.
     * Creates the topic and the users when they are unknown. Who is subscribed already stays so.
     * Needs the permission `topics.write`.
     */
    subscribe: (key: string, body: { users: string[] }, options?: CallOptions): Promise<{ added: number }> =>
      this.#call({ method: 'POST', path: `/v1/topics/${encodeURIComponent(key)}/subscribers`, body }, options),

    /**
     * Unsubscribe users from a topic.
     * Needs the permission `topics.write`.
     */
    unsubscribe: (key: string, body: { users: string[] }, options?: CallOptions): Promise<{ removed: number }> =>
      this.#call({ method: 'POST', path: `/v1/topics/${encodeURIComponent(key)}/unsubscribe`, body }, options),
  };

  readonly templates = {
    /**
     * List templates.
     * Needs the permission `templates.read`.
     */
    list: (query: TemplatesListQuery = {}, options?: CallOptions): Pages<Template> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/templates', query }, options),

    /**
     * Create a template or change its draft.
     * The draft is kept right or wrong; what is wrong with it is among the findings and must be gone before publishing.
     * Needs the permission `templates.write`.
     */
    upsert: (key: string, body: TemplateInput, options?: CallOptions): Promise<TemplateDetail> =>
      this.#call({ method: 'PUT', path: `/v1/templates/${encodeURIComponent(key)}`, body }, options),

    /**
     * Get a template with its draft, variables and findings.
     * Needs the permission `templates.read`.
     */
    get: (key: string, options?: CallOptions): Promise<TemplateDetail> =>
      this.#call({ method: 'GET', path: `/v1/templates/${encodeURIComponent(key)}` }, options),

    /**
     * Delete a template with its versions.
     * Workflows that name it skip the messages they would have sent, and say why.
     * Needs the permission `templates.write`.
     */
    delete: (key: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/templates/${encodeURIComponent(key)}` }, options),

    /**
     * Publish the draft as the next version.
     * MJML and blocks are compiled now, once. Running workflows send the new version from here on.
     * Needs the permission `workflows.publish`.
     */
    publish: (key: string, body: { note?: string } = {}, options?: CallOptions): Promise<TemplateVersion> =>
      this.#call({ method: 'POST', path: `/v1/templates/${encodeURIComponent(key)}/publish`, body, once: true }, options),

    /**
     * List the versions of a template, the newest first.
     * Needs the permission `templates.read`.
     */
    versions: (key: string, query: PageQuery = {}, options?: CallOptions): Pages<TemplateVersion> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/templates/${encodeURIComponent(key)}/versions`, query }, options),

    /**
     * Get one version of a template with its content.
     * Needs the permission `templates.read`.
     */
    version: (key: string, version: number, options?: CallOptions): Promise<TemplateVersionDetail> =>
      this.#call({ method: 'GET', path: `/v1/templates/${encodeURIComponent(key)}/versions/${encodeURIComponent(version)}` }, options),

    /**
     * Compare two revisions of a template, field by field.
     * Needs the permission `templates.read`.
     */
    diff: (key: string, query: { from?: 'draft' | 'published' | number; to?: 'draft' | 'published' | number } = {}, options?: CallOptions): Promise<{ changes: TemplateChange[] }> =>
      this.#call({ method: 'GET', path: `/v1/templates/${encodeURIComponent(key)}/diff`, query }, options),

    /**
     * Publish an earlier version again.
     * It becomes the newest version and the draft; history only grows.
     * Needs the permission `workflows.publish`.
     */
    rollBack: (key: string, body: { version: number }, options?: CallOptions): Promise<TemplateVersion> =>
      this.#call({ method: 'POST', path: `/v1/templates/${encodeURIComponent(key)}/rollback`, body, once: true }, options),

    /**
     * Render a template with sample data, in every locale.
     * Needs the permission `templates.read`.
     */
    preview: (key: string, body: TemplatesPreviewBody = {}, options?: CallOptions): Promise<TemplatePreview> =>
      this.#call({ method: 'POST', path: `/v1/templates/${encodeURIComponent(key)}/preview`, body, once: true }, options),

    /**
     * Render content that is stored nowhere.
     * With the branding, layouts, partials and translations of the workspace. Changes and sends nothing.
     * Needs the permission `templates.read`.
     */
    try: (body: TemplatesTryBody, options?: CallOptions): Promise<TemplatePreview> =>
      this.#call({ method: 'POST', path: '/v1/try/template', body, once: true }, options),

    /**
     * Evaluate a condition.
     * Needs the permission `workflows.read`.
     */
    tryRule: (body: TemplatesTryRuleBody, options?: CallOptions): Promise<TemplatesTryRuleResult> =>
      this.#call({ method: 'POST', path: '/v1/try/rule', body, once: true }, options),

    /**
     * Send a template to yourself, or to another member.
     * An e-mail goes to the confirmed address of the member and takes the way every e-mail takes; a message of the inbox is there at once. Read what became of it as the message with the id that comes back. `en-XA` and `ar-XB` show what longer and mirrored text does to it.
     * Needs the permission `templates.write`.
     */
    test: (key: string, body: TemplatesTestBody = {}, options?: CallOptions): Promise<TemplatesTestResult> =>
      this.#call({ method: 'POST', path: `/v1/templates/${encodeURIComponent(key)}/test`, body, once: true }, options),
  };

  readonly layouts = {
    /**
     * List layouts.
     * Needs the permission `templates.read`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<Layout> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/layouts', query }, options),

    /**
     * Create or change a layout.
     * MJML or HTML with `{{ content }}` exactly once. The layout with the key `default` frames every e-mail that names none. A change shows in the next message.
     * Needs the permission `templates.write`.
     */
    upsert: (key: string, body: LayoutInput, options?: CallOptions): Promise<Layout> =>
      this.#call({ method: 'PUT', path: `/v1/layouts/${encodeURIComponent(key)}`, body }, options),

    /**
     * Get a layout.
     * Needs the permission `templates.read`.
     */
    get: (key: string, options?: CallOptions): Promise<Layout> =>
      this.#call({ method: 'GET', path: `/v1/layouts/${encodeURIComponent(key)}` }, options),

    /**
     * Delete a layout.
     * Refused while a template or a workflow names it.
     * Needs the permission `templates.write`.
     */
    delete: (key: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/layouts/${encodeURIComponent(key)}` }, options),

    /**
     * Where a layout is used.
     * Needs the permission `templates.read`.
     */
    uses: (key: string, options?: CallOptions): Promise<{ items: LookUse[] }> =>
      this.#call({ method: 'GET', path: `/v1/layouts/${encodeURIComponent(key)}/uses` }, options),

    /**
     * Show an ordinary mail in a layout that is stored nowhere.
     * Needs the permission `templates.read`.
     */
    try: (body: LayoutsTryBody, options?: CallOptions): Promise<TemplatePreview> =>
      this.#call({ method: 'POST', path: '/v1/try/layout', body, once: true }, options),
  };

  readonly partials = {
    /**
     * List partials.
     * Needs the permission `templates.read`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<TemplatePartial> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/partials', query }, options),

    /**
     * Create or change a partial.
     * Templates use it as `{% render "key" %}`. A change shows in the next message.
     * Needs the permission `templates.write`.
     */
    upsert: (key: string, body: PartialInput, options?: CallOptions): Promise<TemplatePartial> =>
      this.#call({ method: 'PUT', path: `/v1/partials/${encodeURIComponent(key)}`, body }, options),

    /**
     * Get a partial.
     * Needs the permission `templates.read`.
     */
    get: (key: string, options?: CallOptions): Promise<TemplatePartial> =>
      this.#call({ method: 'GET', path: `/v1/partials/${encodeURIComponent(key)}` }, options),

    /**
     * Delete a partial.
     * Refused while a template, a layout, a workflow or another partial renders it.
     * Needs the permission `templates.write`.
     */
    delete: (key: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/partials/${encodeURIComponent(key)}` }, options),

    /**
     * Where a partial is used.
     * Needs the permission `templates.read`.
     */
    uses: (key: string, options?: CallOptions): Promise<{ items: LookUse[] }> =>
      this.#call({ method: 'GET', path: `/v1/partials/${encodeURIComponent(key)}/uses` }, options),

    /**
     * Show a partial that is stored nowhere, alone in a mail.
     * Needs the permission `templates.read`.
     */
    try: (body: PartialsTryBody, options?: CallOptions): Promise<TemplatePreview> =>
      this.#call({ method: 'POST', path: '/v1/try/partial', body, once: true }, options),
  };

  readonly translations = {
    /**
     * All locales with their messages, and what each lacks of the others.
     * Needs the permission `templates.read`.
     */
    list: (options?: CallOptions): Promise<{ items: Translations[] }> =>
      this.#call({ method: 'GET', path: '/v1/translations' }, options),

    /**
     * Write messages of a locale.
     * In ICU syntax. Keys left out stay as they are, null removes a key.
     * Needs the permission `templates.write`.
     */
    upsert: (locale: string, body: TranslationsInput, options?: CallOptions): Promise<Translations> =>
      this.#call({ method: 'PUT', path: `/v1/translations/${encodeURIComponent(locale)}`, body }, options),

    /**
     * Delete every message of a locale.
     * Needs the permission `templates.write`.
     */
    delete: (locale: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/translations/${encodeURIComponent(locale)}` }, options),
  };

  readonly branding = {
    /**
     * How the messages of the workspace look.
     * Needs the permission `templates.read`.
     */
    get: (options?: CallOptions): Promise<Branding> =>
      this.#call({ method: 'GET', path: '/v1/branding' }, options),

    /**
     * Change how the messages of the workspace look.
     * A field left out stays as it is, null removes it. A change shows in the next message.
     * Needs the permission `templates.write`.
     */
    upsert: (body: BrandingInput = {}, options?: CallOptions): Promise<Branding> =>
      this.#call({ method: 'PUT', path: '/v1/branding', body }, options),
  };

  readonly preferences = {
    /**
     * Get the preferences of a user.
     * Every value as it works now, who decided it, and what the user cannot change.
     * Needs the permission `preferences.read`.
     */
    get: (id: string, options?: CallOptions): Promise<Preferences> =>
      this.#call({ method: 'GET', path: `/v1/users/${encodeURIComponent(id)}/preferences` }, options),

    /**
     * Change the preferences of a user.
     * A merge patch: what is left out stays, null takes a choice back so that the default counts again. What the workspace forces, or a critical category, cannot be changed (409).
     * Needs the permission `preferences.write`.
     */
    update: (id: string, body: PreferencesPatch = {}, options?: CallOptions): Promise<Preferences> =>
      this.#call({ method: 'PATCH', path: `/v1/users/${encodeURIComponent(id)}/preferences`, body }, options),

    /**
     * List who changed the preferences of a user, and when.
     * Needs the permission `preferences.read`.
     */
    history: (id: string, query: PageQuery = {}, options?: CallOptions): Pages<PreferenceChange> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/users/${encodeURIComponent(id)}/preferences/history`, query }, options),

    /**
     * Make a link to the preference page of a user.
     * Whoever has the link can change these preferences until it ends, without signing in.
     * Needs the permission `preferences.write`.
     */
    createLink: (id: string, body: PreferencesCreateLinkBody = {}, options?: CallOptions): Promise<{ url: string; unsubscribeUrl: string; expiresAt: string }> =>
      this.#call({ method: 'POST', path: `/v1/users/${encodeURIComponent(id)}/preference-links`, body }, options),

    /**
     * Get what holds for users who have not chosen.
     * Needs the permission `preferences.read`.
     */
    getDefaults: (options?: CallOptions): Promise<PreferenceDefaults> =>
      this.#call({ method: 'GET', path: '/v1/preferences/defaults' }, options),

    /**
     * Replace what holds for users who have not chosen.
     * Needs the permission `preferences.write`.
     */
    putDefaults: (body: PreferenceDefaultsInput = {}, options?: CallOptions): Promise<PreferenceDefaults> =>
      this.#call({ method: 'PUT', path: '/v1/preferences/defaults', body }, options),

    /**
     * List the workflows users can choose about.
     * Needs the permission `preferences.read`.
     */
    listWorkflows: (options?: CallOptions): Promise<{ items: WorkflowRule[] }> =>
      this.#call({ method: 'GET', path: '/v1/preferences/workflows' }, options),

    /**
     * Replace the defaults and forced values of a workflow.
     * The workflow must have been published.
     * Needs the permission `preferences.write`.
     */
    putWorkflow: (workflow: string, body: WorkflowRuleInput = {}, options?: CallOptions): Promise<WorkflowRule> =>
      this.#call({ method: 'PUT', path: `/v1/preferences/workflows/${encodeURIComponent(workflow)}`, body }, options),

    /**
     * Get the frequency caps.
     * Needs the permission `preferences.read`.
     */
    getCaps: (options?: CallOptions): Promise<{ caps: CapRule[] }> =>
      this.#call({ method: 'GET', path: '/v1/preferences/caps' }, options),

    /**
     * Replace the frequency caps.
     * A cap whose key and window stay keeps its count. Critical messages pass every cap, and count.
     * Needs the permission `preferences.write`.
     */
    putCaps: (body: { caps: CapRuleInput[] }, options?: CallOptions): Promise<{ caps: CapRule[] }> =>
      this.#call({ method: 'PUT', path: '/v1/preferences/caps', body }, options),

    /**
     * See when a schedule fires next.
     * By the local clock of the zone: what a gap swallows comes after it, what comes twice counts once.
     * Needs the permission `schedules.read`.
     */
    trySchedule: (body: PreferencesTryScheduleBody, options?: CallOptions): Promise<PreferencesTryScheduleResult> =>
      this.#call({ method: 'POST', path: '/v1/try/schedule', body, once: true }, options),

    /**
     * See whether it is quiet at an instant.
     * Needs the permission `preferences.read`.
     */
    tryQuietHours: (body: PreferencesTryQuietHoursBody = {}, options?: CallOptions): Promise<{ quiet: boolean; mode: string | null; until: string | null; local: string | null }> =>
      this.#call({ method: 'POST', path: '/v1/try/quiet-hours', body, once: true }, options),

    /**
     * See in which digest an event would be.
     * Needs the permission `preferences.read`.
     */
    tryDigest: (body: PreferencesTryDigestBody, options?: CallOptions): Promise<{ digest: boolean; until: string | null; local: string | null }> =>
      this.#call({ method: 'POST', path: '/v1/try/digest', body, once: true }, options),

    /**
     * See what would become of a message.
     * Decides with the given rules and choices alone; nothing stored is read, and caps count from nothing.
     * Needs the permission `preferences.read`.
     */
    tryDecision: (body: PreferencesTryDecisionBody, options?: CallOptions): Promise<Decision> =>
      this.#call({ method: 'POST', path: '/v1/try/preferences', body, once: true }, options),
  };

  readonly categories = {
    /**
     * List categories.
     * Messages without a category belong to `general`, which exists without being created.
     * Needs the permission `preferences.read`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<Category> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/categories', query }, options),

    /**
     * Create or replace a category.
     * Needs the permission `preferences.write`.
     */
    upsert: (key: string, body: CategoryInput, options?: CallOptions): Promise<Category> =>
      this.#call({ method: 'PUT', path: `/v1/categories/${encodeURIComponent(key)}`, body }, options),

    /**
     * Get a category.
     * Needs the permission `preferences.read`.
     */
    get: (key: string, options?: CallOptions): Promise<Category> =>
      this.#call({ method: 'GET', path: `/v1/categories/${encodeURIComponent(key)}` }, options),

    /**
     * Delete a category.
     * Messages may still name it; nobody can choose about it any more.
     * Needs the permission `preferences.write`.
     */
    delete: (key: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/categories/${encodeURIComponent(key)}` }, options),
  };

  readonly suppressions = {
    /**
     * List the addresses that are never written to.
     * Needs the permission `suppressions.manage`.
     */
    list: (query: SuppressionsListQuery = {}, options?: CallOptions): Pages<Suppression> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/suppressions', query }, options),

    /**
     * Put an address on the suppression list.
     * Needs the permission `suppressions.manage`.
     */
    add: (body: SuppressionInput, options?: CallOptions): Promise<{ added: number }> =>
      this.#call({ method: 'POST', path: '/v1/suppressions', body }, options),

    /**
     * Put many addresses on the suppression list.
     * Needs the permission `suppressions.manage`.
     */
    import: (body: { suppressions: SuppressionInput[] }, options?: CallOptions): Promise<SuppressionsImportResult> =>
      this.#call({ method: 'POST', path: '/v1/suppressions/import', body }, options),

    /**
     * Take an address off the suppression list.
     * Needs the permission `suppressions.manage`.
     */
    remove: (body: { channel?: Channel; address: string }, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'POST', path: '/v1/suppressions/remove', body }, options),
  };

  /**
   * Notify someone, the short way.
   * Answers after the commit: what was acknowledged is durable. An unknown user is created. Everyone in the workspace needs `notifications.broadcast` too.
   * Needs the permission `notifications.create`.
   */
  notify(body: NotifyInput, options?: CallOptions): Promise<Accepted> {
    return this.#call({ method: 'POST', path: '/v1/notify', body }, options);
  }

  readonly notifications = {
    /**
     * Send a notification to users, a topic or everyone.
     * Answers after the commit: what was acknowledged is durable. Unknown users are created. Everyone in the workspace needs `notifications.broadcast` too.
     * Needs the permission `notifications.create`.
     */
    create: (body: NotificationInput, options?: CallOptions): Promise<Accepted> =>
      this.#call({ method: 'POST', path: '/v1/notifications', body }, options),

    /**
     * Send up to 100 notifications at once.
     * Each entry is a body of `POST /v1/notifications` with a result of its own, in the same order. An entry at fault fails alone; the others are stored together.
     * Needs the permission `notifications.create`.
     */
    bulk: (body: { notifications: NotificationInput[] }, options?: CallOptions): Promise<NotificationsBulkResult> =>
      this.#call({ method: 'POST', path: '/v1/notifications/bulk', body }, options),

    /**
     * List what was sent, the newest first.
     * Needs the permission `notifications.read`.
     */
    list: (query: NotificationsListQuery = {}, options?: CallOptions): Pages<Notification> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/notifications', query }, options),

    /**
     * Get a notification as its sender sees it.
     * Needs the permission `notifications.read`.
     */
    get: (id: string, options?: CallOptions): Promise<Notification> =>
      this.#call({ method: 'GET', path: `/v1/notifications/${encodeURIComponent(id)}` }, options),

    /**
     * Take a notification back from every inbox.
     * Needs the permission `notifications.delete`.
     */
    retract: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/notifications/${encodeURIComponent(id)}` }, options),

    /**
     * List who has got, seen or read a notification.
     * Of a broadcast, those who have touched it: nothing is stored for the others.
     * Needs the permission `notifications.read`.
     */
    receipts: (id: string, query: NotificationsReceiptsQuery = {}, options?: CallOptions): Pages<Receipt> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/notifications/${encodeURIComponent(id)}/receipts`, query }, options),

    /**
     * See what a notification will look like and how many get it; nothing is sent.
     * Needs the permission `notifications.create`.
     */
    preview: (body: NotificationInput, options?: CallOptions): Promise<{ item: InboxItem; recipients: number }> =>
      this.#call({ method: 'POST', path: '/v1/notifications/preview', body }, options),
  };

  readonly streams = {
    /**
     * List what is on the log, the newest first.
     * Needs the permission `streams.read`.
     */
    events: (query: StreamsEventsQuery = {}, options?: CallOptions): Pages<LoggedEvent> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/stream/events', query }, options),

    /**
     * Get an event of the log by its cursor.
     * Needs the permission `streams.read`.
     */
    event: (cursor: string, options?: CallOptions): Promise<LoggedEvent> =>
      this.#call({ method: 'GET', path: `/v1/stream/events/${encodeURIComponent(cursor)}` }, options),

    /**
     * Send an event to those who are reading.
     * Not a notification: nothing is put into an inbox. Whoever reads the stream of a target receives it, now or when they resume. An event that the catalogue declares must fit its schema.
     * Needs the permission `streams.manage`.
     */
    publish: (body: StreamEventInput, options?: CallOptions): Promise<StreamsPublishResult> =>
      this.#call({ method: 'POST', path: '/v1/stream/events', body }, options),

    /**
     * Send an event of the log once more.
     * To those who read its stream now, as a new event with the same data.
     * Needs the permission `streams.manage`.
     */
    replay: (cursor: string, options?: CallOptions): Promise<{ name: string; stream: string }> =>
      this.#call({ method: 'POST', path: `/v1/stream/events/${encodeURIComponent(cursor)}/replay` }, options),

    /**
     * Read a stretch of the log as it is, for relays.
     * Needs the permission `streams.read`.
     */
    log: (query: StreamsLogQuery = {}, options?: CallOptions): Promise<LogPage> =>
      this.#call({ method: 'GET', path: '/v1/stream/log', query }, options),

    /**
     * List who is reading now.
     * All processes are asked; one that does not answer within half a second is left out. At most 500 of each.
     * Needs the permission `streams.read`.
     */
    connections: (options?: CallOptions): Promise<{ items: StreamConnection[] }> =>
      this.#call({ method: 'GET', path: '/v1/stream/connections' }, options),

    /**
     * Tell readers to connect anew.
     * They resume where they were. To take a right away, revoke the session, the key or the token instead.
     * Needs the permission `streams.manage`.
     */
    disconnect: (body: { connection?: string; user?: string; session?: string } = {}, options?: CallOptions): Promise<{ asked: true }> =>
      this.#call({ method: 'POST', path: '/v1/stream/disconnect', body }, options),

    /**
     * List who received an event, or what a user received.
     * Give either `event`, the cursor of an event, or `user`. Kept as long as the events themselves. What was handed over less than a minute ago may still be missing.
     * Needs the permission `streams.read`.
     */
    deliveries: (query: StreamsDeliveriesQuery = {}, options?: CallOptions): Pages<StreamDelivery> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/stream/deliveries', query }, options),
  };

  readonly messages = {
    /**
     * List messages of every channel, sent or not, the newest first.
     * Needs the permission `messages.read`.
     */
    list: (query: MessagesListQuery = {}, options?: CallOptions): Pages<Message> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/messages', query }, options),

    /**
     * Get a message with what it says, every decision and every try.
     * Needs the permission `messages.read`.
     */
    get: (id: string, options?: CallOptions): Promise<MessageStory> =>
      this.#call({ method: 'GET', path: `/v1/messages/${encodeURIComponent(id)}` }, options),

    /**
     * List what was sent to a user, and with `include=skipped` what was not and why.
     * Needs the permission `messages.read`.
     */
    listOfUser: (id: string, query: MessagesListOfUserQuery = {}, options?: CallOptions): Pages<Message> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/users/${encodeURIComponent(id)}/messages`, query }, options),

    /**
     * Send a message that has failed again.
     * Needs the permission `integrations.manage`.
     */
    retry: (id: string, options?: CallOptions): Promise<MessageStory> =>
      this.#call({ method: 'POST', path: `/v1/messages/${encodeURIComponent(id)}/retry` }, options),

    /**
     * Cancel a message that was not handed over yet.
     * Needs the permission `runs.manage`.
     */
    cancel: (id: string, options?: CallOptions): Promise<MessageStory> =>
      this.#call({ method: 'POST', path: `/v1/messages/${encodeURIComponent(id)}/cancel` }, options),

    /**
     * See what would become of a message, and why; nothing is sent.
     * With `user`: the decision of every layer for each channel. With `audience`: how many would get it and what keeps it from the others, over at most 5000 people.
     * Needs the permission `messages.read`.
     */
    explain: (body: MessagesExplainBody = {}, options?: CallOptions): Promise<MessagesExplainResult> =>
      this.#call({ method: 'POST', path: '/v1/explain', body }, options),
  };

  readonly integrations = {
    /**
     * List the providers that can be connected.
     * Needs the permission `integrations.manage`.
     */
    providers: (options?: CallOptions): Promise<{ items: ProviderInfo[] }> =>
      this.#call({ method: 'GET', path: '/v1/providers' }, options),

    /**
     * List the connected providers, each channel in the order in which they are tried.
     * Needs the permission `integrations.manage`.
     */
    list: (options?: CallOptions): Promise<{ items: Integration[] }> =>
      this.#call({ method: 'GET', path: '/v1/integrations' }, options),

    /**
     * Connect a provider.
     * It is tried after those that are connected for its channel already. Credentials are stored encrypted and never answered.
     * Needs the permission `integrations.manage`.
     */
    create: (body: IntegrationInput, options?: CallOptions): Promise<Integration> =>
      this.#call({ method: 'POST', path: '/v1/integrations', body }, options),

    /**
     * Set the order in which the providers of a channel are tried.
     * Needs the permission `integrations.manage`.
     */
    reorder: (body: { ids: string[] }, options?: CallOptions): Promise<{ items: Integration[] }> =>
      this.#call({ method: 'PUT', path: '/v1/integrations/order', body }, options),

    /**
     * Get a connected provider.
     * Needs the permission `integrations.manage`.
     */
    get: (id: string, options?: CallOptions): Promise<Integration> =>
      this.#call({ method: 'GET', path: `/v1/integrations/${encodeURIComponent(id)}` }, options),

    /**
     * Change a connected provider.
     * A field left out stays as it is. Whatever is changed, the provider counts as working again.
     * Needs the permission `integrations.manage`.
     */
    update: (id: string, body: IntegrationPatch = {}, options?: CallOptions): Promise<Integration> =>
      this.#call({ method: 'PATCH', path: `/v1/integrations/${encodeURIComponent(id)}`, body }, options),

    /**
     * Disconnect a provider.
     * Needs the permission `integrations.manage`.
     */
    delete: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/integrations/${encodeURIComponent(id)}` }, options),

    /**
     * Send a test message through a provider and see its answer.
     * Needs the permission `integrations.manage`.
     */
    test: (id: string, body: IntegrationsTestBody, options?: CallOptions): Promise<IntegrationsTestResult> =>
      this.#call({ method: 'POST', path: `/v1/integrations/${encodeURIComponent(id)}/test`, body, once: true }, options),
  };

  readonly events = {
    /**
     * Send an event, which starts the workflows that wait for it.
     * Answers after the commit: what was acknowledged is durable. A CloudEvent 1.0 is taken as well, in structured mode and in binary mode with `ce-` headers: `type` names the event, `subject` the user. Starts every published workflow whose trigger names the event and whose condition holds. Unknown users are created. The same transaction id is accepted once, and so is the same Idempotency-Key. Everyone in the workspace needs `notifications.broadcast` too.
     * Needs the permission `events.create`.
     */
    create: (body: EventInput | CloudEvent, options?: CallOptions): Promise<EventAccepted> =>
      this.#call({ method: 'POST', path: '/v1/events', body }, options),

    /**
     * Send up to 100 events at once.
     * Each entry is a body of `POST /v1/events`, a CloudEvent too (`application/cloudevents-batch+json`), with a result of its own, in the same order. An entry at fault fails alone; the others are stored together.
     * Needs the permission `events.create`.
     */
    bulk: (body: { events: Record<string, Json>[] } | Record<string, Json>[], options?: CallOptions): Promise<EventsBulkResult> =>
      this.#call({ method: 'POST', path: '/v1/events/bulk', body, once: true }, options),

    /**
     * Get an event that was accepted, and what became of it.
     * Needs the permission `workflows.read`.
     */
    get: (id: string, options?: CallOptions): Promise<EventStatus> =>
      this.#call({ method: 'GET', path: `/v1/events/${encodeURIComponent(id)}` }, options),
  };

  readonly workflows = {
    /**
     * Start a workflow by its key.
     * Answers after the commit. A workflow that is not published or switched off accepts and starts nothing, and the status says so.
     * Needs the permission `events.create`.
     */
    trigger: (key: string, body: TriggerInput = {}, options?: CallOptions): Promise<EventAccepted> =>
      this.#call({ method: 'POST', path: `/v1/workflows/${encodeURIComponent(key)}/trigger`, body }, options),

    /**
     * Save the draft of a workflow.
     * What runs does not change before `publish`. A draft may be unfinished; `problems` says what keeps it from being published. A workflow that is kept in code or files (`origin`) is refused; `force=true` takes it over.
     * Needs the permission `workflows.write`.
     */
    upsert: (key: string, body: WorkflowsUpsertBody, query: { force?: 'true' | 'false' } = {}, options?: CallOptions): Promise<WorkflowsUpsertResult> =>
      this.#call({ method: 'PUT', path: `/v1/workflows/${encodeURIComponent(key)}`, query, body }, options),

    /**
     * List workflows.
     * Needs the permission `workflows.read`.
     */
    list: (query: WorkflowsListQuery = {}, options?: CallOptions): Pages<Workflow> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/workflows', query }, options),

    /**
     * Get a workflow with its draft.
     * Needs the permission `workflows.read`.
     */
    get: (key: string, options?: CallOptions): Promise<Workflow> =>
      this.#call({ method: 'GET', path: `/v1/workflows/${encodeURIComponent(key)}` }, options),

    /**
     * Check a definition without saving it.
     * Needs the permission `workflows.read`.
     */
    validate: (key: string, body: WorkflowsValidateBody, options?: CallOptions): Promise<WorkflowsValidateResult> =>
      this.#call({ method: 'POST', path: `/v1/workflows/${encodeURIComponent(key)}/validate`, body }, options),

    /**
     * Let the draft run.
     * Makes a version that never changes. Runs under way stay on theirs. Publishing the same draft again makes no version.
     * Needs the permission `workflows.publish`.
     */
    publish: (key: string, body: { note?: string } = {}, options?: CallOptions): Promise<{ version: WorkflowVersion; changes: Change[]; changed: boolean }> =>
      this.#call({ method: 'POST', path: `/v1/workflows/${encodeURIComponent(key)}/publish`, body }, options),

    /**
     * Compare the draft with what runs, or two versions.
     * Needs the permission `workflows.read`.
     */
    diff: (key: string, query: { from?: number; to?: number } = {}, options?: CallOptions): Promise<{ changes: Change[] }> =>
      this.#call({ method: 'GET', path: `/v1/workflows/${encodeURIComponent(key)}/diff`, query }, options),

    /**
     * List what was published, the newest first.
     * Needs the permission `workflows.read`.
     */
    versions: (key: string, query: PageQuery = {}, options?: CallOptions): Pages<WorkflowVersion> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/workflows/${encodeURIComponent(key)}/versions`, query }, options),

    /**
     * Let an earlier version run again.
     * It becomes the draft and is published as a new version.
     * Needs the permission `workflows.publish`.
     */
    rollBack: (key: string, body: { version: number }, options?: CallOptions): Promise<{ version: WorkflowVersion; changes: Change[] }> =>
      this.#call({ method: 'POST', path: `/v1/workflows/${encodeURIComponent(key)}/rollback`, body }, options),

    /**
     * Copy the draft under another key.
     * Needs the permission `workflows.write`.
     */
    duplicate: (key: string, body: { key: string; name?: string }, options?: CallOptions): Promise<Workflow> =>
      this.#call({ method: 'POST', path: `/v1/workflows/${encodeURIComponent(key)}/duplicate`, body }, options),

    /**
     * Switch a workflow on or off.
     * While it is off, events are accepted and start nothing. Runs under way go on.
     * Needs the permission `workflows.publish`.
     */
    setActive: (key: string, body: { active: boolean }, options?: CallOptions): Promise<Workflow> =>
      this.#call({ method: 'POST', path: `/v1/workflows/${encodeURIComponent(key)}/active`, body }, options),

    /**
     * Archive a workflow.
     * It starts no more and is not listed. Its versions and runs stay; saving and publishing it brings it back.
     * Needs the permission `workflows.publish`.
     */
    archive: (key: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/workflows/${encodeURIComponent(key)}` }, options),

    /**
     * Rehearse the draft for one user; nothing is stored or sent.
     * The run is carried to its end on a clock that jumps from wake to wake. Each message comes with what it would say and what every layer decides at its time. Throttles let through, digests hold this one event, requests are not made; `events` are what the user does meanwhile.
     * Needs the permission `workflows.read`.
     */
    test: (key: string, body: WorkflowsTestBody, options?: CallOptions): Promise<WorkflowsTestResult> =>
      this.#call({ method: 'POST', path: `/v1/workflows/${encodeURIComponent(key)}/test`, body, once: true }, options),

    /**
     * Run the last real events through the draft and compare; nothing is sent.
     * Each event is rehearsed as if it came now, once with what runs and once with the draft.
     * Needs the permission `workflows.read`.
     */
    replay: (key: string, body: { limit?: number } = {}, options?: CallOptions): Promise<WorkflowsReplayResult> =>
      this.#call({ method: 'POST', path: `/v1/workflows/${encodeURIComponent(key)}/replay`, body }, options),

    /**
     * List the workflows that can be installed with one call.
     * Needs the permission `workflows.read`.
     */
    readyMade: (options?: CallOptions): Promise<WorkflowsReadyMadeResult> =>
      this.#call({ method: 'GET', path: '/v1/ready-made-workflows' }, options),

    /**
     * Look into a workflow that can be installed: its steps and what its templates say.
     * Needs the permission `workflows.read`.
     */
    getReadyMade: (key: string, options?: CallOptions): Promise<WorkflowsGetReadyMadeResult> =>
      this.#call({ method: 'GET', path: `/v1/ready-made-workflows/${encodeURIComponent(key)}` }, options),

    /**
     * Install a ready-made workflow with its templates.
     * Templates and workflow are saved and published. What has been installed or written under the same keys already stays as it is.
     * Needs the permission `workflows.publish`.
     */
    install: (body: { key: string }, options?: CallOptions): Promise<WorkflowsInstallResult> =>
      this.#call({ method: 'POST', path: '/v1/workflows/install', body }, options),

    /**
     * Take over workflows from the sandbox of this workspace.
     * What is published in the sandbox is published here, as it is. With `dryRun` only the differences are told. A workflow that is the same already is left alone, so promoting twice changes nothing. Users, runs and keys never move.
     * Needs the permission `workflows.publish`.
     */
    promote: (body: WorkflowsPromoteBody = {}, options?: CallOptions): Promise<WorkflowsPromoteResult> =>
      this.#call({ method: 'POST', path: '/v1/workflows/promote', body, once: true }, options),

    /**
     * Take over workflows that are kept in files.
     * Checks all of them and changes nothing when one is refused. `expected` guards what others have changed since the files were pulled. `publish` needs `workflows.publish` too.
     * Needs the permission `workflows.write`.
     */
    push: (body: PushInput, options?: CallOptions): Promise<AppliedWorkflows> =>
      this.#call({ method: 'POST', path: '/v1/workflows/push', body, once: true }, options),
  };

  readonly runs = {
    /**
     * List runs, the newest first.
     * Needs the permission `workflows.read`.
     */
    list: (query: RunsListQuery = {}, options?: CallOptions): Pages<Run> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/runs', query }, options),

    /**
     * Count the runs that began lately, by workflow and state.
     * Looks at the newest 10000 runs; `complete` is false when more began in that time, and the numbers are then the least there are.
     * Needs the permission `workflows.read`.
     */
    summary: (query: { within?: string } = {}, options?: CallOptions): Promise<RunsSummaryResult> =>
      this.#call({ method: 'GET', path: '/v1/runs/summary', query }, options),

    /**
     * Get a run with every decision it took.
     * Needs the permission `workflows.read`.
     */
    get: (id: string, options?: CallOptions): Promise<RunWithTrace> =>
      this.#call({ method: 'GET', path: `/v1/runs/${encodeURIComponent(id)}` }, options),

    /**
     * Cancel a run.
     * Cancels what it has not sent yet, too. A run that leads a digest hands it over to the next event in it; a run whose event has joined one takes it out again.
     * Needs the permission `runs.manage`.
     */
    cancel: (id: string, options?: CallOptions): Promise<RunsCancelResult> =>
      this.#call({ method: 'DELETE', path: `/v1/runs/${encodeURIComponent(id)}` }, options),

    /**
     * Cancel runs by their cancel key, user, event or workflow.
     * What is given is meant together.
     * Needs the permission `runs.manage`.
     */
    cancelMany: (body: { key?: string; user?: string; event?: string; workflow?: string } = {}, options?: CallOptions): Promise<{ cancelled: number }> =>
      this.#call({ method: 'POST', path: '/v1/runs/cancel', body }, options),
  };

  readonly digests = {
    /**
     * Let an open digest of a workflow end now.
     * Needs the permission `runs.manage`.
     */
    flush: (id: string, options?: CallOptions): Promise<{ flushed: number }> =>
      this.#call({ method: 'POST', path: `/v1/digests/${encodeURIComponent(id)}/flush` }, options),

    /**
     * Let open digests of a workflow end now, by user and key.
     * Needs the permission `runs.manage`.
     */
    flushMany: (body: { workflow: string; step?: string; user?: string; key?: string }, options?: CallOptions): Promise<{ flushed: number }> =>
      this.#call({ method: 'POST', path: '/v1/digests/flush', body }, options),
  };

  readonly inboundHooks = {
    /**
     * Make an address that others post to.
     * What is posted there becomes an event by the mapping. The address is told once; requests may be signed.
     * Needs the permission `workflows.publish`.
     */
    create: (body: HookInput, options?: CallOptions): Promise<InboundHooksCreateResult> =>
      this.#call({ method: 'POST', path: '/v1/inbound-hooks', body }, options),

    /**
     * List the addresses that others post to.
     * Needs the permission `workflows.read`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<InboundHook> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/inbound-hooks', query }, options),

    /**
     * Get an address that others post to.
     * Needs the permission `workflows.read`.
     */
    get: (id: string, options?: CallOptions): Promise<InboundHook> =>
      this.#call({ method: 'GET', path: `/v1/inbound-hooks/${encodeURIComponent(id)}` }, options),

    /**
     * Change how what is posted becomes an event.
     * The address stays.
     * Needs the permission `workflows.publish`.
     */
    update: (id: string, body: HookInput, options?: CallOptions): Promise<InboundHook> =>
      this.#call({ method: 'PUT', path: `/v1/inbound-hooks/${encodeURIComponent(id)}`, body }, options),

    /**
     * Remove an address that others post to.
     * Needs the permission `workflows.publish`.
     */
    delete: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/inbound-hooks/${encodeURIComponent(id)}` }, options),
  };

  readonly workflowEndpoints = {
    /**
     * Register an address of your application that has workflows in code.
     * PulseStack asks it which workflows there are (`sync`) and calls it to run their code steps. Requests are signed with the secret of the answer, as Standard Webhooks says.
     * Needs the permission `workflows.publish`.
     */
    create: (body: EndpointInput, options?: CallOptions): Promise<WorkflowEndpointsCreateResult> =>
      this.#call({ method: 'POST', path: '/v1/workflow-endpoints', body, once: true }, options),

    /**
     * List the addresses that have workflows in code.
     * Needs the permission `workflows.read`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<WorkflowEndpoint> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/workflow-endpoints', query }, options),

    /**
     * Get an address that has workflows in code.
     * Needs the permission `workflows.read`.
     */
    get: (key: string, options?: CallOptions): Promise<WorkflowEndpoint> =>
      this.#call({ method: 'GET', path: `/v1/workflow-endpoints/${encodeURIComponent(key)}` }, options),

    /**
     * Change the address; the secret stays.
     * Needs the permission `workflows.publish`.
     */
    update: (key: string, body: { url: string }, options?: CallOptions): Promise<WorkflowEndpoint> =>
      this.#call({ method: 'PUT', path: `/v1/workflow-endpoints/${encodeURIComponent(key)}`, body }, options),

    /**
     * Give an address a new secret.
     * For 24 hours requests are signed with the former secret as well.
     * Needs the permission `workflows.publish`.
     */
    rotate: (key: string, options?: CallOptions): Promise<WorkflowEndpointsRotateResult> =>
      this.#call({ method: 'POST', path: `/v1/workflow-endpoints/${encodeURIComponent(key)}/rotate`, once: true }, options),

    /**
     * Forget an address.
     * Its workflows stay and can be edited from then on. Refused while something published has code steps that run there.
     * Needs the permission `workflows.publish`.
     */
    delete: (key: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/workflow-endpoints/${encodeURIComponent(key)}` }, options),

    /**
     * Take over the workflows that the code has now.
     * Asks the address for its workflows, checks them, and publishes those that are new or have changed: all, or none when one is refused. With `dryRun` only tells what would happen. What the code has no more is archived with `prune`.
     * Needs the permission `workflows.publish`.
     */
    sync: (key: string, body: WorkflowEndpointsSyncBody = {}, options?: CallOptions): Promise<AppliedWorkflows> =>
      this.#call({ method: 'POST', path: `/v1/workflow-endpoints/${encodeURIComponent(key)}/sync`, body, once: true }, options),

    /**
     * Ask what a code step would answer.
     * The request is marked as a preview: only code that says it changes nothing answers it.
     * Needs the permission `workflows.publish`.
     */
    preview: (key: string, body: CodeStepPreviewInput, options?: CallOptions): Promise<CodeStepPreviewed> =>
      this.#call({ method: 'POST', path: `/v1/workflow-endpoints/${encodeURIComponent(key)}/preview`, body, once: true }, options),
  };

  readonly schedules = {
    /**
     * Make a schedule.
     * Once or again and again, by the clock of one zone or of each user. Needs the permission for what it does: `events.create` or `notifications.create`, and `notifications.broadcast` for everyone.
     * Needs the permission `schedules.write`.
     */
    create: (body: ScheduleInput, options?: CallOptions): Promise<Schedule> =>
      this.#call({ method: 'POST', path: '/v1/schedules', body }, options),

    /**
     * List schedules, the newest first.
     * Needs the permission `schedules.read`.
     */
    list: (query: SchedulesListQuery = {}, options?: CallOptions): Pages<Schedule> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/schedules', query }, options),

    /**
     * Get a schedule.
     * Needs the permission `schedules.read`.
     */
    get: (id: string, options?: CallOptions): Promise<Schedule> =>
      this.#call({ method: 'GET', path: `/v1/schedules/${encodeURIComponent(id)}` }, options),

    /**
     * Replace a schedule.
     * What has fired stays fired. A paused one stays paused, one that was done becomes active again.
     * Needs the permission `schedules.write`.
     */
    replace: (id: string, body: ScheduleInput, options?: CallOptions): Promise<Schedule> =>
      this.#call({ method: 'PUT', path: `/v1/schedules/${encodeURIComponent(id)}`, body }, options),

    /**
     * Pause a schedule.
     * What would have fired meanwhile is not made up for.
     * Needs the permission `schedules.write`.
     */
    pause: (id: string, options?: CallOptions): Promise<Schedule> =>
      this.#call({ method: 'POST', path: `/v1/schedules/${encodeURIComponent(id)}/pause` }, options),

    /**
     * Let a paused schedule go on.
     * Needs the permission `schedules.write`.
     */
    resume: (id: string, options?: CallOptions): Promise<Schedule> =>
      this.#call({ method: 'POST', path: `/v1/schedules/${encodeURIComponent(id)}/resume` }, options),

    /**
     * Cancel a schedule for good.
     * It stays readable with what it has fired.
     * Needs the permission `schedules.write`.
     */
    cancel: (id: string, options?: CallOptions): Promise<Schedule> =>
      this.#call({ method: 'DELETE', path: `/v1/schedules/${encodeURIComponent(id)}` }, options),

    /**
     * List the next fires of a schedule.
     * Needs the permission `schedules.read`.
     */
    upcoming: (id: string, query: SchedulesUpcomingQuery = {}, options?: CallOptions): Promise<{ items: UpcomingFire[] }> =>
      this.#call({ method: 'GET', path: `/v1/schedules/${encodeURIComponent(id)}/upcoming`, query }, options),

    /**
     * List what a schedule has fired, the newest first.
     * Needs the permission `schedules.read`.
     */
    fires: (id: string, query: PageQuery = {}, options?: CallOptions): Pages<ScheduleFire> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/schedules/${encodeURIComponent(id)}/fires`, query }, options),
  };

  readonly bus = {
    /**
     * Get what carries topics here, and which of them this workspace may use.
     * Needs the permission `integrations.manage`.
     */
    get: (options?: CallOptions): Promise<BusStatus> =>
      this.#call({ method: 'GET', path: '/v1/bus' }, options),
  };

  readonly eventSources = {
    /**
     * Listen to a topic of the bus, whose messages become events.
     * A message does what `POST /v1/events` does, once however often it is delivered: a CloudEvent is known by `source` and `id`, any other message by what the mapping names or by its place in the topic. What makes no event is listed with the reason and put on `<topic>.dead`. Needs `events.create` too. The operator decides which topics a workspace may use.
     * Needs the permission `integrations.manage`.
     */
    create: (body: EventSourceInput, options?: CallOptions): Promise<EventSource> =>
      this.#call({ method: 'POST', path: '/v1/event-sources', body }, options),

    /**
     * List the topics whose messages become events.
     * Needs the permission `integrations.manage`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<EventSource> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/event-sources', query }, options),

    /**
     * Get a topic whose messages become events, and how far it is.
     * Needs the permission `integrations.manage`.
     */
    get: (id: string, options?: CallOptions): Promise<EventSource> =>
      this.#call({ method: 'GET', path: `/v1/event-sources/${encodeURIComponent(id)}` }, options),

    /**
     * Pause a source, let it go on, or change what its messages mean.
     * A paused source goes on where it stopped, as long as the broker keeps what came meanwhile.
     * Needs the permission `integrations.manage`.
     */
    update: (id: string, body: EventSourceUpdateInput = {}, options?: CallOptions): Promise<EventSource> =>
      this.#call({ method: 'PATCH', path: `/v1/event-sources/${encodeURIComponent(id)}`, body }, options),

    /**
     * Stop listening to a topic.
     * Needs the permission `integrations.manage`.
     */
    delete: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/event-sources/${encodeURIComponent(id)}` }, options),

    /**
     * List the messages that made no event, the newest first.
     * Needs the permission `integrations.manage`.
     */
    refusals: (id: string, query: PageQuery = {}, options?: CallOptions): Pages<EventRefusal> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/event-sources/${encodeURIComponent(id)}/refusals`, query }, options),
  };

  readonly eventSinks = {
    /**
     * Put the events of the workspace on a topic of the bus.
     * As CloudEvents 1.0 in structured mode, in the order of the log, at least once: `id` is the cursor of the event, by which a repetition is known. Begins with what is announced from now on.
     * Needs the permission `integrations.manage`.
     */
    create: (body: EventSinkInput, options?: CallOptions): Promise<EventSink> =>
      this.#call({ method: 'POST', path: '/v1/event-sinks', body }, options),

    /**
     * List the topics that get events of the workspace.
     * Needs the permission `integrations.manage`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<EventSink> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/event-sinks', query }, options),

    /**
     * Get a topic that gets events of the workspace, and how far it is.
     * Needs the permission `integrations.manage`.
     */
    get: (id: string, options?: CallOptions): Promise<EventSink> =>
      this.#call({ method: 'GET', path: `/v1/event-sinks/${encodeURIComponent(id)}` }, options),

    /**
     * Pause a sink, let it go on, or change which events it gets.
     * A paused sink goes on where it stopped, as long as the log keeps what happened meanwhile.
     * Needs the permission `integrations.manage`.
     */
    update: (id: string, body: EventSinkUpdate = {}, options?: CallOptions): Promise<EventSink> =>
      this.#call({ method: 'PATCH', path: `/v1/event-sinks/${encodeURIComponent(id)}`, body }, options),

    /**
     * Stop putting events on a topic.
     * Needs the permission `integrations.manage`.
     */
    delete: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/event-sinks/${encodeURIComponent(id)}` }, options),
  };
}
