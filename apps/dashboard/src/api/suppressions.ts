import type { Channel, Page, Suppression, SuppressionInput } from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

export interface Imported {
  added: number;
  items: { channel: Channel; address: string; result: 'added' | 'known' | 'repeated' }[];
}

export const suppressions = {
  list: (query: Query) => call<Page<Suppression>>('GET', '/v1/suppressions', { query }),
  add: (body: SuppressionInput) => call<{ added: number }>('POST', '/v1/suppressions', { body }),
  import: (items: readonly SuppressionInput[]) =>
    call<Imported>('POST', '/v1/suppressions/import', { body: { suppressions: items } }),
  remove: (body: { channel: Channel; address: string }) => call<void>('POST', '/v1/suppressions/remove', { body }),
};
