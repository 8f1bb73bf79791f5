import type { EventStatus, Page, Run, RunWithTrace } from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

export interface RunSummary {
  since: string;
  /** False when more began than were counted. */
  complete: boolean;
  workflows: { workflow: string; runs: number; states: Partial<Record<Run['state'], number>> }[];
}

export interface RunsMeant {
  workflow?: string;
  user?: string;
  key?: string;
}

export const runs = {
  list: (query: Query) => call<Page<Run>>('GET', '/v1/runs', { query }),
  get: (id: string) => call<RunWithTrace>('GET', `/v1/runs/${id}`),
  event: (id: string) => call<EventStatus>('GET', `/v1/events/${id}`),
  summary: (within: string) => call<RunSummary>('GET', '/v1/runs/summary', { query: { within } }),
  cancel: (id: string) => call<{ cancelled: boolean }>('DELETE', `/v1/runs/${id}`),
  cancelMany: (body: RunsMeant) => call<{ cancelled: number }>('POST', '/v1/runs/cancel', { body }),
  flush: (digest: string) => call<{ flushed: number }>('POST', `/v1/digests/${digest}/flush`),
};
