import type { Accepted, SessionTokens, UserToken } from '@pulsestack/core';
import { ApiError, request } from './http.ts';

/** A mail in the list, without what is large. */
export interface ListedMail {
  id: string;
  from: string;
  to: string;
  subject: string;
  text: string;
  at: string;
  attachments: number;
}

export interface CaughtMail extends Omit<ListedMail, 'attachments'> {
  html?: string;
  headers: { name: string; value: string }[];
  attachments: { filename: string; contentType: string; bytes: number; content: string }[];
  source: string;
}

export interface DevelopmentKey {
  key: string;
  /** The one workspace it belongs to. */
  workspaceId: string;
}

/** The conveniences of development mode; outside of it none of these addresses exists. */
export const development = {
  /** The development key, or null outside development. */
  async key(): Promise<DevelopmentKey | null> {
    try {
      return await request<DevelopmentKey>('GET', '/dev/key');
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) return null;
      throw error;
    }
  },
  session: (user: string) => request<UserToken & { workspaceId: string }>('GET', '/dev/session', { query: { user } }),
  signIn: () => request<SessionTokens>('POST', '/dev/sign-in'),
  mails: () => request<{ mails: ListedMail[] }>('GET', '/v1/dev/mails'),
  mail: (id: string) => request<CaughtMail>('GET', `/v1/dev/mails/${id}`),
  removeMail: (id: string) => request<void>('DELETE', `/v1/dev/mails/${id}`),
  clearMails: () => request<void>('DELETE', '/v1/dev/mails'),
  notify: (key: string, body: { to: string; title: string; body?: string }) =>
    request<Accepted>('POST', '/v1/notify', { body, headers: { authorization: `Bearer ${key}` } }),
};
