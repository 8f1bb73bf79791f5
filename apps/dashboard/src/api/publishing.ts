import type { Accepted, Audience, InboxItem, Notification, Page, Priority, Receipt } from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

/** What the composer sends: the contract's input before its defaults. */
export interface NotificationDraft {
  audience: Audience;
  title: string;
  body?: string;
  link?: string;
  image?: string;
  category?: string;
  priority?: Priority;
  expiresAt?: string;
  actions?: { id: string; label: string; link?: string; style?: 'primary' | 'secondary' | 'danger' }[];
}

export interface Preview {
  item: InboxItem;
  recipients: number;
}

export const publishing = {
  /** The key makes a second click, or a retry after a lost answer, the same notification. */
  publish: (body: NotificationDraft, idempotencyKey: string) =>
    call<Accepted>('POST', '/v1/notifications', { body, headers: { 'idempotency-key': idempotencyKey } }),
  preview: (body: NotificationDraft, signal?: AbortSignal) =>
    call<Preview>('POST', '/v1/notifications/preview', { body, ...(signal ? { signal } : {}) }),
  list: (query: Query) => call<Page<Notification>>('GET', '/v1/notifications', { query }),
  get: (id: string) => call<Notification>('GET', `/v1/notifications/${id}`),
  retract: (id: string) => call<void>('DELETE', `/v1/notifications/${id}`),
  receipts: (id: string, query: Query) => call<Page<Receipt>>('GET', `/v1/notifications/${id}/receipts`, { query }),
};
