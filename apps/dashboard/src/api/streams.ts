import type { LoggedEvent, Page, StreamConnection, StreamDelivery, StreamTarget } from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

export interface EventDraft {
  to: StreamTarget;
  name: string;
  data: unknown;
  tags?: Record<string, string | number | boolean>;
}

export const streamsApi = {
  connections: () => call<{ items: StreamConnection[] }>('GET', '/v1/stream/connections'),
  disconnect: (connection: string) => call<{ asked: true }>('POST', '/v1/stream/disconnect', { body: { connection } }),
  events: (query: Query) => call<Page<LoggedEvent>>('GET', '/v1/stream/events', { query }),
  event: (cursor: string) => call<LoggedEvent>('GET', `/v1/stream/events/${encodeURIComponent(cursor)}`),
  publish: (body: EventDraft) => call<{ streams: number }>('POST', '/v1/stream/events', { body }),
  replay: (cursor: string) =>
    call<{ name: string; stream: string }>('POST', `/v1/stream/events/${encodeURIComponent(cursor)}/replay`),
  deliveries: (query: Query) => call<Page<StreamDelivery>>('GET', '/v1/stream/deliveries', { query }),
};
