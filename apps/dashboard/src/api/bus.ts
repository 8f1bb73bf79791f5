import type {
  BusStatus,
  EventRefusal,
  EventSink,
  EventSinkInput,
  EventSinkUpdate,
  EventSource,
  EventSourceInput,
  EventSourceUpdate,
  Page,
} from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

export const busApi = {
  status: () => call<BusStatus>('GET', '/v1/bus'),
  sources: () => call<Page<EventSource>>('GET', '/v1/event-sources', { query: { limit: 50 } }),
  createSource: (body: EventSourceInput) => call<EventSource>('POST', '/v1/event-sources', { body }),
  changeSource: (id: string, body: EventSourceUpdate) =>
    call<EventSource>('PATCH', `/v1/event-sources/${id}`, { body }),
  deleteSource: (id: string) => call<void>('DELETE', `/v1/event-sources/${id}`),
  refusals: (id: string, query: Query) =>
    call<Page<EventRefusal>>('GET', `/v1/event-sources/${id}/refusals`, { query }),
  sinks: () => call<Page<EventSink>>('GET', '/v1/event-sinks', { query: { limit: 50 } }),
  createSink: (body: EventSinkInput) => call<EventSink>('POST', '/v1/event-sinks', { body }),
  changeSink: (id: string, body: EventSinkUpdate) => call<EventSink>('PATCH', `/v1/event-sinks/${id}`, { body }),
  deleteSink: (id: string) => call<void>('DELETE', `/v1/event-sinks/${id}`),
};
