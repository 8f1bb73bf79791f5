import type {
  Change,
  Channel,
  Decision,
  FieldError,
  HookInput,
  InboundHook,
  MessageContent,
  Page,
  ReasonCode,
  Schedule,
  TemplateContent,
  TraceLine,
  Workflow,
  WorkflowDefinition,
  WorkflowVersion,
} from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

export interface ReadyMadeWorkflow {
  key: string;
  name: string;
  description: string;
  sample: Record<string, unknown>;
  templates: string[];
  installed: boolean;
}

export interface ReadyMadeInside extends Omit<ReadyMadeWorkflow, 'templates' | 'installed'> {
  sampleEvents: Record<string, unknown>[];
  workflow: WorkflowDefinition;
  templates: { key: string; name: string; content: TemplateContent }[];
}

export interface Rehearsed {
  state: 'done' | 'failed';
  code: string;
  sentence: string;
  beginsAt: string;
  endsAt: string;
  trace: TraceLine[];
  messages: {
    step: string;
    channel: Channel;
    at: string;
    content: MessageContent | null;
    skipped: { code: ReasonCode; sentence: string } | null;
    decision: Decision | null;
  }[];
}

export interface RehearsalRequest {
  user: string;
  payload: Record<string, unknown>;
  events: { name: string; after: string; payload: Record<string, unknown> }[];
}

export interface Tally {
  channel: Channel;
  outcome: Decision['outcome'];
  code: ReasonCode | null;
  messages: number;
}

export interface Replayed {
  examined: number;
  before: Tally[];
  after: Tally[];
  silenced: string[];
  reached: string[];
}

export interface Promoted {
  key: string;
  changed: boolean;
  version: number | null;
  changes: Change[];
  problems: FieldError[];
}

const one = (key: string) => `/v1/workflows/${encodeURIComponent(key)}`;

export const workflows = {
  list: (query: Query) => call<Page<Workflow>>('GET', '/v1/workflows', { query }),
  get: (key: string) => call<Workflow>('GET', one(key)),
  put: (key: string, body: Omit<WorkflowDefinition, 'key'>) =>
    call<Workflow & { problems: FieldError[] }>('PUT', one(key), { body }),
  /** Saves the draft of a workflow that was kept in code or files; from now on it is edited here. */
  takeOver: (key: string, body: Omit<WorkflowDefinition, 'key'>) =>
    call<Workflow>('PUT', one(key), { body, query: { force: true } }),
  validate: (key: string, body: Omit<WorkflowDefinition, 'key'>) =>
    call<{ ok: boolean; problems: FieldError[]; changes: Change[] }>('POST', `${one(key)}/validate`, { body }),
  publish: (key: string, note: string) =>
    call<{ version: WorkflowVersion; changes: Change[]; changed: boolean }>('POST', `${one(key)}/publish`, {
      body: note ? { note } : {},
    }),
  versions: (key: string, query: Query) => call<Page<WorkflowVersion>>('GET', `${one(key)}/versions`, { query }),
  diff: (key: string, query: { from?: number; to?: number }) =>
    call<{ changes: Change[] }>('GET', `${one(key)}/diff`, { query }),
  rollBack: (key: string, version: number) =>
    call<{ version: WorkflowVersion }>('POST', `${one(key)}/rollback`, { body: { version } }),
  duplicate: (key: string, body: { key: string; name?: string }) =>
    call<Workflow>('POST', `${one(key)}/duplicate`, { body }),
  setActive: (key: string, active: boolean) => call<Workflow>('POST', `${one(key)}/active`, { body: { active } }),
  archive: (key: string) => call<void>('DELETE', one(key)),
  test: (key: string, body: RehearsalRequest) => call<Rehearsed>('POST', `${one(key)}/test`, { body }),
  replay: (key: string, limit: number) => call<Replayed>('POST', `${one(key)}/replay`, { body: { limit } }),

  readyMade: () => call<{ items: ReadyMadeWorkflow[] }>('GET', '/v1/ready-made-workflows'),
  lookInto: (key: string) => call<ReadyMadeInside>('GET', `/v1/ready-made-workflows/${encodeURIComponent(key)}`),
  install: (key: string) =>
    call<{ workflow: Workflow; installed: boolean; templates: string[] }>('POST', '/v1/workflows/install', {
      body: { key },
    }),
  promote: (body: { keys?: string[]; dryRun: boolean }) =>
    call<{ workflows: Promoted[] }>('POST', '/v1/workflows/promote', { body }),

  hooks: (query: Query) => call<Page<InboundHook>>('GET', '/v1/inbound-hooks', { query }),
  makeHook: (body: Pick<HookInput, 'name'> & { mapping: object; signature?: object; secret?: string }) =>
    call<InboundHook & { url: string }>('POST', '/v1/inbound-hooks', { body }),
  removeHook: (id: string) => call<void>('DELETE', `/v1/inbound-hooks/${id}`),
  schedules: (query: Query) => call<Page<Schedule>>('GET', '/v1/schedules', { query }),
};
