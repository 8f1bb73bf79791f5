import type { Audience, Page, Schedule, ScheduleFire, ScheduleTime } from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

const one = (id: string) => `/v1/schedules/${encodeURIComponent(id)}`;

/** What a form gives; the server fills in the rest. */
export interface ScheduleBody {
  name: string;
  when: ScheduleTime;
  timeZone?: string;
  inUserZone: boolean;
  audience: Audience;
  target:
    | { kind: 'workflow'; workflow: string; payload: Record<string, unknown> }
    | { kind: 'notification'; notification: { title: string } & Record<string, unknown> };
  missed: Schedule['missed'];
  maxLateness: string;
  startsAt?: string;
  endsAt?: string;
}

export interface Upcoming {
  at: string;
  timeZone: string;
  local: string;
}

export const schedules = {
  list: (query: Query) => call<Page<Schedule>>('GET', '/v1/schedules', { query }),
  get: (id: string) => call<Schedule>('GET', one(id)),
  create: (body: ScheduleBody) => call<Schedule>('POST', '/v1/schedules', { body }),
  replace: (id: string, body: ScheduleBody) => call<Schedule>('PUT', one(id), { body }),
  pause: (id: string) => call<Schedule>('POST', `${one(id)}/pause`),
  resume: (id: string) => call<Schedule>('POST', `${one(id)}/resume`),
  cancel: (id: string) => call<Schedule>('DELETE', one(id)),
  upcoming: (id: string, query: Query) => call<{ items: Upcoming[] }>('GET', `${one(id)}/upcoming`, { query }),
  fires: (id: string, query: Query) => call<Page<ScheduleFire>>('GET', `${one(id)}/fires`, { query }),
};
