import type {
  ApiKey,
  ApiKeyWithSecret,
  AuditEntry,
  Invitation,
  Me,
  Member,
  Page,
  Permission,
  Role,
  Session,
  SessionTokens,
  Workspace,
} from '@pulsestack/core';
import { type Query, request } from './http.ts';
import { call } from './session.ts';

export interface InvitationPreview {
  workspaceName: string;
  email: string;
  role: string;
  hasAccount: boolean;
}

export const accounts = {
  signUp: (body: { email: string; password: string; name: string; workspaceName?: string; invitation?: string }) =>
    request<SessionTokens>('POST', '/v1/auth/sign-up', { body }),
  signIn: (body: { email: string; password: string }) => request<SessionTokens>('POST', '/v1/auth/sign-in', { body }),
  forgotPassword: (email: string) => request<unknown>('POST', '/v1/auth/password/forgot', { body: { email } }),
  resetPassword: (body: { token: string; password: string }) =>
    request<void>('POST', '/v1/auth/password/reset', { body }),
  changePassword: (body: { currentPassword: string; password: string }) =>
    call<void>('POST', '/v1/auth/password', { body }),
  verifyEmail: (token: string) => request<void>('POST', '/v1/auth/email/verify', { body: { token } }),
  sendVerification: () => call<unknown>('POST', '/v1/auth/email/verification'),

  me: () => call<Me>('GET', '/v1/me'),
  rename: (name: string) => call<Me>('PATCH', '/v1/me', { body: { name } }),
  sessions: () => call<{ items: Session[] }>('GET', '/v1/sessions'),
  endSession: (id: string) => call<void>('DELETE', `/v1/sessions/${id}`),

  createWorkspace: (name: string) => call<Workspace>('POST', '/v1/workspaces', { body: { name } }),
  renameWorkspace: (name: string) => call<Workspace>('PATCH', '/v1/workspace', { body: { name } }),
  deleteWorkspace: (confirm: string) => call<void>('DELETE', '/v1/workspace', { body: { confirm } }),
  createSandbox: () => call<Workspace>('POST', '/v1/workspace/sandbox'),
  transfer: (memberId: string) => call<void>('POST', '/v1/workspace/transfer', { body: { memberId } }),

  members: (query: Query) => call<Page<Member>>('GET', '/v1/members', { query }),
  setRole: (id: string, role: string) => call<Member>('PATCH', `/v1/members/${id}`, { body: { role } }),
  removeMember: (id: string) => call<void>('DELETE', `/v1/members/${id}`),
  invitations: () => call<Page<Invitation>>('GET', '/v1/invitations'),
  invite: (body: { email: string; role: string }) => call<Invitation>('POST', '/v1/invitations', { body }),
  withdrawInvitation: (id: string) => call<void>('DELETE', `/v1/invitations/${id}`),
  inspectInvitation: (token: string) =>
    request<InvitationPreview>('POST', '/v1/invitations/inspect', { body: { token } }),
  acceptInvitation: (body: { token: string; name: string; password: string }) =>
    request<SessionTokens>('POST', '/v1/invitations/accept', { body }),
  joinByInvitation: (token: string) => call<SessionTokens>('POST', '/v1/invitations/accept', { body: { token } }),

  roles: () => call<{ items: Role[] }>('GET', '/v1/roles'),
  createRole: (body: { name: string; permissions: Permission[] }) => call<Role>('POST', '/v1/roles', { body }),
  changeRole: (id: string, body: { name?: string; permissions?: Permission[] }) =>
    call<Role>('PATCH', `/v1/roles/${id}`, { body }),
  deleteRole: (id: string) => call<void>('DELETE', `/v1/roles/${id}`),
  permissions: () => call<{ items: { permission: Permission; description: string }[] }>('GET', '/v1/permissions'),

  apiKeys: (query: Query) => call<Page<ApiKey>>('GET', '/v1/api-keys', { query }),
  createApiKey: (body: { name: string; permissions?: Permission[]; expiresAt?: string }) =>
    call<ApiKeyWithSecret>('POST', '/v1/api-keys', { body }),
  rotateApiKey: (id: string, overlapMinutes: number) =>
    call<ApiKeyWithSecret>('POST', `/v1/api-keys/${id}/rotate`, { body: { overlapMinutes } }),
  revokeApiKey: (id: string) => call<void>('DELETE', `/v1/api-keys/${id}`),

  auditLog: (query: Query) => call<Page<AuditEntry>>('GET', '/v1/audit-log', { query }),
};
