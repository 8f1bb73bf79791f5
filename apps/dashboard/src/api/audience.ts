import type { Page, Presence, Topic, TopicSubscription, User, UserInput } from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

const user = (id: string) => `/v1/users/${encodeURIComponent(id)}`;
const topic = (key: string) => `/v1/topics/${encodeURIComponent(key)}`;

export const audience = {
  users: (query: Query) => call<Page<User>>('GET', '/v1/users', { query }),
  user: (id: string) => call<User>('GET', user(id)),
  putUser: (id: string, body: UserInput) => call<User>('PUT', user(id), { body }),
  deleteUser: (id: string) => call<void>('DELETE', user(id)),
  presence: (id: string) => call<Presence>('GET', `${user(id)}/presence`),
  topicsOf: (id: string, query: Query) => call<Page<Topic>>('GET', `${user(id)}/topics`, { query }),

  topics: (query: Query) => call<Page<Topic>>('GET', '/v1/topics', { query }),
  topic: (key: string) => call<Topic>('GET', topic(key)),
  putTopic: (key: string, name: string | undefined) => call<Topic>('PUT', topic(key), { body: name ? { name } : {} }),
  deleteTopic: (key: string) => call<void>('DELETE', topic(key)),
  subscribers: (key: string, query: Query) =>
    call<Page<TopicSubscription>>('GET', `${topic(key)}/subscribers`, { query }),
  subscribe: (key: string, users: string[]) =>
    call<{ added: number }>('POST', `${topic(key)}/subscribers`, { body: { users } }),
  unsubscribe: (key: string, users: string[]) =>
    call<{ removed: number }>('POST', `${topic(key)}/unsubscribe`, { body: { users } }),
};
