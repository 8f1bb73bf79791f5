import type {
  Cadence,
  CapRule,
  Category,
  CategoryInput,
  Channel,
  ChannelChoices,
  Decision,
  Page,
  PreferenceChange,
  PreferenceDefaults,
  Preferences,
  PreferencesPatch,
  Priority,
  QuietHours,
  ScheduleTime,
  WorkflowRule,
} from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

const category = (key: string) => `/v1/categories/${encodeURIComponent(key)}`;
const ofUser = (id: string) => `/v1/users/${encodeURIComponent(id)}`;

/** What a page gives; the server fills in the rest. */
export type CategoryBody = Partial<CategoryInput> & { name: string };

export interface ChannelRules {
  defaults: ChannelChoices;
  forced: ChannelChoices;
}

interface Fire {
  at: string;
  local: string;
}

interface QuietAnswer {
  quiet: boolean;
  mode: string | null;
  until: string | null;
  local: string | null;
}

interface DigestAnswer {
  digest: boolean;
  until: string | null;
  local: string | null;
}

export interface DecisionQuestion {
  message: {
    channel: Channel;
    category: string;
    workflow?: string;
    priority: Priority;
    critical: boolean;
    at?: string;
  };
  timeZone?: string;
  choices: object;
  defaults: PreferenceDefaults;
  categories: Record<string, CategoryBody>;
  workflows: readonly WorkflowRule[];
}

export const preferences = {
  categories: (query: Query) => call<Page<Category>>('GET', '/v1/categories', { query }),
  putCategory: (key: string, body: CategoryBody) => call<Category>('PUT', category(key), { body }),
  deleteCategory: (key: string) => call<void>('DELETE', category(key)),

  defaults: () => call<PreferenceDefaults>('GET', '/v1/preferences/defaults'),
  putDefaults: (body: PreferenceDefaults) => call<PreferenceDefaults>('PUT', '/v1/preferences/defaults', { body }),
  workflows: () => call<{ items: WorkflowRule[] }>('GET', '/v1/preferences/workflows'),
  putWorkflow: (workflow: string, body: ChannelRules) =>
    call<WorkflowRule>('PUT', `/v1/preferences/workflows/${encodeURIComponent(workflow)}`, { body }),
  caps: () => call<{ caps: CapRule[] }>('GET', '/v1/preferences/caps'),
  putCaps: (caps: readonly CapRule[]) => call<{ caps: CapRule[] }>('PUT', '/v1/preferences/caps', { body: { caps } }),

  of: (user: string) => call<Preferences>('GET', `${ofUser(user)}/preferences`),
  change: (user: string, body: PreferencesPatch) => call<Preferences>('PATCH', `${ofUser(user)}/preferences`, { body }),
  history: (user: string, query: Query) =>
    call<Page<PreferenceChange>>('GET', `${ofUser(user)}/preferences/history`, { query }),
  link: (user: string, ttlHours: number) =>
    call<{ url: string; unsubscribeUrl: string; expiresAt: string }>('POST', `${ofUser(user)}/preference-links`, {
      body: { ttlHours },
    }),

  tryDecision: (body: DecisionQuestion) => call<Decision>('POST', '/v1/try/preferences', { body }),
  tryQuietHours: (body: { quietHours: readonly QuietHours[]; channel: Channel; timeZone: string; at?: string }) =>
    call<QuietAnswer>('POST', '/v1/try/quiet-hours', { body }),
  tryDigest: (body: { cadence: Cadence; timeZone: string; at?: string }) =>
    call<DigestAnswer>('POST', '/v1/try/digest', { body }),
  trySchedule: (body: { when: ScheduleTime; timeZone: string; after?: string; count?: number }, signal?: AbortSignal) =>
    call<{ fires: Fire[] }>('POST', '/v1/try/schedule', { body, ...(signal ? { signal } : {}) }),
};
