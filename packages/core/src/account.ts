import { z } from 'zod';
import { idSchema, WorkspaceId } from './ids.ts';
import { Permission } from './permissions.ts';
import { Instant, line } from './text.ts';

export const EmailAddress = z
  .email()
  .max(254)
  .transform((address) => address.toLowerCase());
/** Long passwords are good passwords; the upper bound keeps hashing cheap for us and dear for others. */
export const Password = z.string().min(10, 'must have at least 10 characters').max(200);

export const Workspace = z
  .object({
    id: WorkspaceId,
    name: z.string(),
    kind: z.enum(['production', 'sandbox']),
    parentId: WorkspaceId.nullable().meta({ description: 'The workspace this sandbox belongs to' }),
    sandboxId: WorkspaceId.nullable(),
    createdAt: Instant,
  })
  .meta({ id: 'Workspace' });
export type Workspace = z.infer<typeof Workspace>;

export const Member = z
  .object({
    id: idSchema('member'),
    userId: z.string().meta({ description: 'The user this member is in the workspace' }),
    email: z.string(),
    name: z.string(),
    role: z.string().meta({ description: 'owner, admin, member or the id of a custom role' }),
    permissions: z.array(Permission),
    joinedAt: Instant,
  })
  .meta({ id: 'Member' });
export type Member = z.infer<typeof Member>;

export const Invitation = z
  .object({
    id: idSchema('invitation'),
    email: z.string(),
    role: z.string(),
    invitedBy: z.string().nullable(),
    expiresAt: Instant,
    createdAt: Instant,
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof Invitation>;

export const Role = z
  .object({
    id: z.string(),
    name: z.string(),
    builtIn: z.boolean(),
    permissions: z.array(Permission),
    members: z.number().int(),
  })
  .meta({ id: 'Role' });
export type Role = z.infer<typeof Role>;

export const ApiKey = z
  .object({
    id: idSchema('apiKey'),
    name: z.string(),
    prefix: z
      .string()
      .meta({ description: 'The beginning of the key, enough to recognise it', examples: ['sk_live_4fT9'] }),
    permissions: z.array(Permission),
    createdAt: Instant,
    expiresAt: Instant.nullable(),
    lastUsedAt: Instant.nullable(),
    revokedAt: Instant.nullable(),
    replacedBy: z.string().nullable().meta({ description: 'The key it was rotated to; it works until it expires' }),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;

/** An API key in the only answer that ever shows its secret. */
export const ApiKeyWithSecret = z.object({ ...ApiKey.shape, secret: z.string() }).meta({ id: 'ApiKeyWithSecret' });
export type ApiKeyWithSecret = z.infer<typeof ApiKeyWithSecret>;

/** What a sign-in yields. The refresh token also travels as an HttpOnly cookie; browsers need not keep it. */
export const SessionTokens = z
  .object({
    accessToken: z.string(),
    accessTokenExpiresAt: Instant,
    refreshToken: z.string(),
    workspaceId: WorkspaceId,
    memberId: idSchema('member'),
  })
  .meta({ id: 'SessionTokens' });
export type SessionTokens = z.infer<typeof SessionTokens>;

export const Session = z
  .object({
    id: idSchema('session'),
    current: z.boolean(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    createdAt: Instant,
    lastUsedAt: Instant,
    expiresAt: Instant,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

/** Who is signed in, where, and what they may do there. */
export const Me = z
  .object({
    account: z.object({ id: idSchema('account'), email: z.string(), name: z.string(), emailVerified: z.boolean() }),
    member: Member,
    workspace: Workspace,
    workspaces: z.array(
      z.object({ id: WorkspaceId, name: z.string(), kind: z.enum(['production', 'sandbox']), role: z.string() }),
    ),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

/** A short-lived token for one user's browser. */
export const UserToken = z.object({ token: z.string(), expiresAt: Instant }).meta({ id: 'UserToken' });
export type UserToken = z.infer<typeof UserToken>;

export const AuditEntry = z
  .object({
    id: idSchema('audit'),
    at: Instant,
    action: z.string().meta({ examples: ['api_key.revoked'] }),
    actor: z.object({ kind: z.enum(['member', 'key', 'user', 'system']), id: z.string(), name: z.string().nullable() }),
    target: z.string().nullable(),
    detail: z.record(z.string(), z.json()),
    ip: z.string().nullable(),
    requestId: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

export const WorkspaceName = line(80);
