import type {
  Integration,
  IntegrationInput,
  IntegrationPatch,
  Message,
  MessageStory,
  Page,
  ProviderInfo,
} from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

export interface TestAnswer {
  outcome: 'accepted' | 'refused' | 'retry';
  class: string | null;
  detail: string | null;
}

export const delivery = {
  messages: (query: Query) => call<Page<Message>>('GET', '/v1/messages', { query }),
  message: (id: string) => call<MessageStory>('GET', `/v1/messages/${id}`),
  retry: (id: string) => call<MessageStory>('POST', `/v1/messages/${id}/retry`),
  cancel: (id: string) => call<MessageStory>('POST', `/v1/messages/${id}/cancel`),
  providers: () => call<{ items: ProviderInfo[] }>('GET', '/v1/providers'),
  integrations: () => call<{ items: Integration[] }>('GET', '/v1/integrations'),
  connect: (body: Pick<IntegrationInput, 'provider' | 'credentials'> & { name?: string; settings?: object }) =>
    call<Integration>('POST', '/v1/integrations', { body }),
  change: (id: string, body: IntegrationPatch) => call<Integration>('PATCH', `/v1/integrations/${id}`, { body }),
  disconnect: (id: string) => call<void>('DELETE', `/v1/integrations/${id}`),
  order: (ids: string[]) => call<{ items: Integration[] }>('PUT', '/v1/integrations/order', { body: { ids } }),
  test: (id: string, to: string) => call<TestAnswer>('POST', `/v1/integrations/${id}/test`, { body: { to } }),
};
