import type { LoggedEvent, Page, StreamConnection, StreamDelivery, StreamTarget } from '@pulsestack/core';
import { ApiError, type Query } from './http.ts';
import { call } from './session.ts';

export interface EventDraft {
  to: StreamTarget;
  name: string;
  data: unknown;
  tags?: Record<string, string | number | boolean>;
}

const events = (query: Query) => call<Page<LoggedEvent>>('GET', '/v1/stream/events', { query });

export const streamsApi = {
  connections: () => call<{ items: StreamConnection[] }>('GET', '/v1/stream/connections'),
  disconnect: (connection: string) => call<{ asked: true }>('POST', '/v1/stream/disconnect', { body: { connection } }),
  events,
  async event(cursor: string): Promise<LoggedEvent> {
    const { items } = await events({ cursor: nextCursor(cursor), limit: 1 });
    const found = items.find((one) => one.cursor === cursor);
    if (!found)
      throw new ApiError({ status: 404, code: 'resource.not_found', detail: 'This event is not on the log.' }, null);
    return found;
  },
  publish: (body: EventDraft) => call<{ streams: number }>('POST', '/v1/stream/events', { body }),
  replay: (cursor: string) =>
    call<{ name: string; stream: string }>('POST', `/v1/stream/events/${encodeURIComponent(cursor)}/replay`),
  deliveries: (query: Query) => call<Page<StreamDelivery>>('GET', '/v1/stream/deliveries', { query }),
};

/** The position after this one: a page of the log holds what lies before its cursor. */
function nextCursor(cursor: string): string {
  const [epoch, seq = ''] = cursor.split('.');
  return `${epoch}.${(Number.parseInt(seq, 36) + 1).toString(36)}`;
}
