import type { EventType, EventTypeInput, EventTypeVersion, Page } from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

const one = (name: string) => `/v1/catalog/${encodeURIComponent(name)}`;

export const catalog = {
  list: (query: Query) => call<Page<EventType>>('GET', '/v1/catalog', { query }),
  get: (name: string) => call<EventType>('GET', one(name)),
  put: (name: string, body: EventTypeInput) => call<EventType>('PUT', one(name), { body }),
  versions: (name: string, query: Query) => call<Page<EventTypeVersion>>('GET', `${one(name)}/versions`, { query }),
  remove: (name: string) => call<void>('DELETE', one(name)),
};
