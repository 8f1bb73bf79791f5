// Written by `npm run generate` from the operations of the product. Change those, not this file.
import type { Call, CallOptions } from './call.ts';
import { Pages } from './pages.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The answer once the notification is durable. */
export interface Accepted {
  /** Id of the notification */
  id: string;
  audience: 'users' | 'topic' | 'everyone';
  /** Known for named users; null while a topic or the workspace fans out */
  recipients: number | null;
}

/** A button in the notification. With `link` it opens a page; without, its press is recorded and announced. */
export type Action = { id: string; label: string; link?: string; style: 'primary' | 'secondary' | 'danger' };

export type ActionInput = { id: string; label: string; link?: string; style?: 'primary' | 'secondary' | 'danger' };

/** Who sent it: a member, an API key, or the product itself. */
export type Actor = { kind: 'member' | 'key' | 'system'; id: string; name: string | null };

export interface ApiKey {
  /** Id of the apiKey */
  id: string;
  name: string;
  /** The beginning of the key, enough to recognise it */
  prefix: string;
  permissions: Permission[];
  /** ISO-8601 instant */
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
  /** The key it was rotated to; it works until it expires */
  replacedBy: string | null;
}

/** An API key in the only answer that ever shows its secret. */
export interface ApiKeyWithSecret {
  /** Id of the apiKey */
  id: string;
  name: string;
  /** The beginning of the key, enough to recognise it */
  prefix: string;
  permissions: Permission[];
  /** ISO-8601 instant */
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
  /** The key it was rotated to; it works until it expires */
  replacedBy: string | null;
  secret: string;
}

/** Who gets it: named users, the subscribers of a topic, or everyone in the workspace. */
export type Audience = { users: string[] } | {
  /** Key of the topic */
  topic: string;
  except?: string[];
} | { everyone: true };

export interface AuditEntry {
  /** Id of the audit */
  id: string;
  /** ISO-8601 instant */
  at: string;
  action: string;
  actor: { kind: 'member' | 'key' | 'user' | 'system'; id: string; name: string | null };
  target: string | null;
  detail: Record<string, Json>;
  ip: string | null;
  requestId: string;
}

export interface AuditLogListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  action?: string;
  /** Id of a member or key */
  actor?: string;
  /** Id of what was changed */
  target?: string;
  from?: string;
  /** Before this instant */
  to?: string;
}

/** A notification as its receiver sees it: the content and this user's own state. */
export interface InboxItem {
  /** Id of the notification */
  id: string;
  title: string;
  body: string;
  bodyHtml: string;
  icon: string | null;
  image: string | null;
  link: string | null;
  actions: Action[];
  type: string;
  category: string;
  priority: Priority;
  data: Record<string, Json>;
  actor: Actor;
  broadcast: boolean;
  /** When it entered the inbox, or came back from a snooze */
  deliveredAt: string;
  expiresAt: string | null;
  seenAt: string | null;
  readAt: string | null;
  archivedAt: string | null;
  snoozedUntil: string | null;
  action: {
    id: string;
    /** ISO-8601 instant */
    at: string;
    result: Json | null;
  } | null;
  /** Matches of a search wrapped in <mark>, otherwise escaped */
  highlight?: { title: string; body: string };
}

export interface Invitation {
  /** Id of the invitation */
  id: string;
  email: string;
  role: string;
  invitedBy: string | null;
  /** ISO-8601 instant */
  expiresAt: string;
  /** ISO-8601 instant */
  createdAt: string;
}

export interface InvitationsCreateBody {
  email: string;
  /** admin, member or the id of a custom role */
  role: string;
}

/** Free data of the host application: a JSON object of at most 16 KiB. */
export type JsonObject = Record<string, Json>;

export interface Member {
  /** Id of the member */
  id: string;
  /** The user this member is in the workspace */
  userId: string;
  email: string;
  name: string;
  /** owner, admin, member or the id of a custom role */
  role: string;
  permissions: Permission[];
  /** ISO-8601 instant */
  joinedAt: string;
}

export interface MembersUpdateBody {
  /** admin, member or the id of a custom role */
  role: string;
}

/** A notification as its sender sees it. */
export interface Notification {
  /** Id of the notification */
  id: string;
  title: string;
  body: string;
  /** The body rendered to safe HTML */
  bodyHtml: string;
  icon: string | null;
  image: string | null;
  link: string | null;
  actions: Action[];
  type: string;
  category: string;
  priority: Priority;
  data: Record<string, Json>;
  expiresAt: string | null;
  collapseKey: string | null;
  /** ISO-8601 instant */
  createdAt: string;
  audience: Audience;
  actor: Actor;
  state: 'publishing' | 'published' | 'retracted';
  stats: NotificationStats;
  correlationId: string;
}

/** Body of `POST /v1/notifications`. */
export interface NotificationInput {
  audience: Audience;
  /** One line */
  title: string;
  /** Markdown; raw HTML is shown as text */
  body?: string;
  icon?: string;
  image?: string;
  /** Where a click leads */
  link?: string;
  actions?: ActionInput[];
  /** What kind of thing happened, for filters */
  type?: string;
  category?: string;
  priority?: Priority;
  /** Free data for your own interface */
  data?: JsonObject;
  /** After this instant it leaves every inbox */
  expiresAt?: string;
  /** Replaces an unread notification with the same key */
  collapseKey?: string;
}

/** How far a notification got. `recipients` of a broadcast counts the users of the workspace when asked. */
export type NotificationStats = { recipients: number; seen: number; read: number };

export interface NotificationsBulkResult {
  results: ({
    status: 202;
    /** Id of the notification */
    id: string;
    audience: 'users' | 'topic' | 'everyone';
    /** Known for named users; null while a topic or the workspace fans out */
    recipients: number | null;
  } | { status: number; code: string; detail: string; errors: { field: string; message: string }[] })[];
}

export interface NotificationsListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  category?: string | string[];
  type?: string | string[];
  state?: 'publishing' | 'published' | 'retracted';
  from?: string;
  to?: string;
  /** Full-text search: words, "phrases", -without */
  q?: string;
}

export interface NotificationsReceiptsQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  state?: 'delivered' | 'seen' | 'read';
}

/** Body of `POST /v1/notify`: `to` is a user, several users, `{ "topic": … }` or `{ "everyone": true }`. */
export interface NotifyInput {
  to: string | string[] | {
    /** Key of the topic */
    topic: string;
  } | { everyone: true };
  /** One line */
  title: string;
  /** Markdown; raw HTML is shown as text */
  body?: string;
  icon?: string;
  image?: string;
  /** Where a click leads */
  link?: string;
  actions?: ActionInput[];
  /** What kind of thing happened, for filters */
  type?: string;
  category?: string;
  priority?: Priority;
  /** Free data for your own interface */
  data?: JsonObject;
  /** After this instant it leaves every inbox */
  expiresAt?: string;
  /** Replaces an unread notification with the same key */
  collapseKey?: string;
}

/** Query of every list. A cursor is opaque and belongs to the list that returned it. */
export interface PageQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
}

export type Permission = 'notifications.read' | 'notifications.create' | 'notifications.broadcast' | 'notifications.delete' | 'users.read' | 'users.write' | 'users.impersonate' | 'topics.read' | 'topics.write' | 'members.read' | 'members.manage' | 'roles.manage' | 'keys.manage' | 'workspace.manage' | 'audit.read';

export type Priority = 'low' | 'normal' | 'high' | 'critical';

/** One user's state of one notification, as the sender may see it. */
export interface Receipt {
  /** Your own id of the user */
  userId: string;
  /** ISO-8601 instant */
  deliveredAt: string;
  seenAt: string | null;
  readAt: string | null;
  archivedAt: string | null;
  action: {
    id: string;
    /** ISO-8601 instant */
    at: string;
    result: Json | null;
  } | null;
}

export type Role = { id: string; name: string; builtIn: boolean; permissions: Permission[]; members: number };

/** A list people subscribe to. */
export interface Topic {
  /** Key of the topic */
  key: string;
  name: string | null;
  /** How many users are subscribed */
  subscribers: number;
  /** ISO-8601 instant */
  createdAt: string;
}

export interface TopicSubscription {
  /** Your own id of the user */
  userId: string;
  /** ISO-8601 instant */
  createdAt: string;
}

/** A person who receives. */
export interface User {
  /** Your own id of the user */
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  avatarUrl: string | null;
  locale: string | null;
  timeZone: string | null;
  attributes: Record<string, Json>;
  /** ISO-8601 instant */
  createdAt: string;
  /** ISO-8601 instant */
  updatedAt: string;
}

/** What may be said of a user. A field left out stays as it is, null removes it. */
export interface UserInput {
  name?: string | null;
  email?: string | null;
  phone?: string | null;
  avatarUrl?: string | null;
  locale?: string | null;
  timeZone?: string | null;
  /** Replaces the attributes as a whole */
  attributes?: JsonObject;
}

/** A short-lived token for one user's browser. */
export interface UserToken {
  token: string;
  /** ISO-8601 instant */
  expiresAt: string;
}

export interface UsersBulkBody {
  users: {
    /** Your own id of the user */
    id: string;
    name?: string | null;
    email?: string | null;
    phone?: string | null;
    avatarUrl?: string | null;
    locale?: string | null;
    timeZone?: string | null;
    /** Replaces the attributes as a whole */
    attributes?: JsonObject;
  }[];
}

export interface UsersListQuery {
  /** Items per page, 1–100 */
  limit?: number;
  /** The `nextCursor` of the page before */
  cursor?: string;
  /** Beginning of the id, the name or the e-mail address */
  q?: string;
}

export interface Workspace {
  /** Id of the workspace */
  id: string;
  name: string;
  kind: 'production' | 'sandbox';
  /** The workspace this sandbox belongs to */
  parentId: string | null;
  sandboxId: string | null;
  /** ISO-8601 instant */
  createdAt: string;
}

/** The operations an API key can be allowed to call, in groups. */
export class Operations {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  readonly workspace = {
    /**
     * The workspace of these credentials.
     * Needs the permission `members.read`.
     */
    get: (options?: CallOptions): Promise<Workspace> =>
      this.#call({ method: 'GET', path: '/v1/workspace' }, options),

    /**
     * Rename the workspace.
     * Needs the permission `workspace.manage`.
     */
    update: (body: { name: string }, options?: CallOptions): Promise<Workspace> =>
      this.#call({ method: 'PATCH', path: '/v1/workspace', body, once: true }, options),

    /**
     * Create the sandbox of the workspace.
     * A workspace of its own for development, with the same roles and members.
     * Needs the permission `workspace.manage`.
     */
    createSandbox: (options?: CallOptions): Promise<Workspace> =>
      this.#call({ method: 'POST', path: '/v1/workspace/sandbox', once: true }, options),
  };

  readonly members = {
    /**
     * Members of the workspace, in the order of joining.
     * Needs the permission `members.read`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<Member> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/members', query }, options),

    /**
     * Give a member another role.
     * You can give no permission that you do not have yourself. The owner changes only by transfer.
     * Needs the permission `members.manage`.
     */
    update: (id: string, body: MembersUpdateBody, options?: CallOptions): Promise<Member> =>
      this.#call({ method: 'PATCH', path: `/v1/members/${encodeURIComponent(id)}`, body, once: true }, options),

    /**
     * Remove a member, or leave.
     * Removing somebody else needs `members.manage`; everyone but the owner may leave.
     * Needs the permission `members.read`.
     */
    remove: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/members/${encodeURIComponent(id)}` }, options),
  };

  readonly invitations = {
    /**
     * Invitations that were not accepted yet, the newest first.
     * Needs the permission `members.read`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<Invitation> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/invitations', query }, options),

    /**
     * Invite somebody into the workspace.
     * Mails a link that works once, for 7 days. Inviting the same address again replaces the link.
     * Needs the permission `members.manage`.
     */
    create: (body: InvitationsCreateBody, options?: CallOptions): Promise<Invitation> =>
      this.#call({ method: 'POST', path: '/v1/invitations', body, once: true }, options),

    /**
     * Withdraw an invitation.
     * Needs the permission `members.manage`.
     */
    withdraw: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/invitations/${encodeURIComponent(id)}` }, options),
  };

  readonly roles = {
    /**
     * The built-in roles and those of the workspace.
     * Needs the permission `members.read`.
     */
    list: (options?: CallOptions): Promise<{ items: Role[] }> =>
      this.#call({ method: 'GET', path: '/v1/roles' }, options),

    /**
     * Create a role.
     * A role can hold no permission that you do not have yourself.
     * Needs the permission `roles.manage`.
     */
    create: (body: { name: string; permissions: Permission[] }, options?: CallOptions): Promise<Role> =>
      this.#call({ method: 'POST', path: '/v1/roles', body, once: true }, options),

    /**
     * Change a role for everyone who has it.
     * Needs the permission `roles.manage`.
     */
    update: (id: string, body: { name?: string; permissions?: Permission[] } = {}, options?: CallOptions): Promise<Role> =>
      this.#call({ method: 'PATCH', path: `/v1/roles/${encodeURIComponent(id)}`, body, once: true }, options),

    /**
     * Delete a role that nobody has.
     * Needs the permission `roles.manage`.
     */
    delete: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/roles/${encodeURIComponent(id)}` }, options),
  };

  readonly apiKeys = {
    /**
     * API keys, the newest first, without their secrets.
     * Needs the permission `keys.manage`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<ApiKey> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/api-keys', query }, options),

    /**
     * Create an API key.
     * The secret is in this answer and is never shown again. Without `permissions` the key may do what you may; it can never do more.
     * Needs the permission `keys.manage`.
     */
    create: (body: { name: string; permissions?: Permission[]; expiresAt?: string }, options?: CallOptions): Promise<ApiKeyWithSecret> =>
      this.#call({ method: 'POST', path: '/v1/api-keys', body, once: true }, options),

    /**
     * Replace an API key by a new one.
     * The old key works on for `overlapMinutes`, 0 to 10080.
     * Needs the permission `keys.manage`.
     */
    rotate: (id: string, body: { overlapMinutes?: number } = {}, options?: CallOptions): Promise<ApiKeyWithSecret> =>
      this.#call({ method: 'POST', path: `/v1/api-keys/${encodeURIComponent(id)}/rotate`, body, once: true }, options),

    /**
     * Revoke an API key at once.
     * Needs the permission `keys.manage`.
     */
    revoke: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/api-keys/${encodeURIComponent(id)}` }, options),
  };

  readonly users = {
    /**
     * Mint a token for one user’s browser.
     * Your server asks for it when the user is signed in there. An unknown user comes into being.
     * Needs the permission `users.impersonate`.
     */
    createToken: (id: string, body: { ttlMinutes?: number } = {}, options?: CallOptions): Promise<UserToken> =>
      this.#call({ method: 'POST', path: `/v1/users/${encodeURIComponent(id)}/tokens`, body, once: true }, options),

    /**
     * Create or change a user.
     * A field left out stays as it is, null removes it. `attributes` are replaced as a whole.
     * Needs the permission `users.write`.
     */
    upsert: (id: string, body: UserInput = {}, options?: CallOptions): Promise<User> =>
      this.#call({ method: 'PUT', path: `/v1/users/${encodeURIComponent(id)}`, body }, options),

    /**
     * Get a user.
     * Needs the permission `users.read`.
     */
    get: (id: string, options?: CallOptions): Promise<User> =>
      this.#call({ method: 'GET', path: `/v1/users/${encodeURIComponent(id)}` }, options),

    /**
     * Delete a user with inbox and subscriptions.
     * Needs the permission `users.write`.
     */
    delete: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/users/${encodeURIComponent(id)}` }, options),

    /**
     * List users.
     * Needs the permission `users.read`.
     */
    list: (query: UsersListQuery = {}, options?: CallOptions): Pages<User> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/users', query }, options),

    /**
     * Create or change many users.
     * Each entry is the id of a user with the fields of `PUT /v1/users/{id}`. An entry at fault fails alone.
     * Needs the permission `users.write`.
     */
    bulk: (body: UsersBulkBody, options?: CallOptions): Promise<{ results: { id: string; status: 'created' | 'updated' | 'failed'; error?: string }[] }> =>
      this.#call({ method: 'POST', path: '/v1/users/bulk', body }, options),

    /**
     * List the topics a user is subscribed to.
     * Needs the permission `users.read`.
     */
    topics: (id: string, query: PageQuery = {}, options?: CallOptions): Pages<Topic> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/users/${encodeURIComponent(id)}/topics`, query }, options),
  };

  readonly auditLog = {
    /**
     * Who changed what, the newest first.
     * Needs the permission `audit.read`.
     */
    list: (query: AuditLogListQuery = {}, options?: CallOptions): Pages<AuditEntry> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/audit-log', query }, options),
  };

  readonly topics = {
    /**
     * Create or rename a topic.
     * Needs the permission `topics.write`.
     */
    upsert: (key: string, body: { name?: string | null } = {}, options?: CallOptions): Promise<Topic> =>
      this.#call({ method: 'PUT', path: `/v1/topics/${encodeURIComponent(key)}`, body }, options),

    /**
     * List topics.
     * Needs the permission `topics.read`.
     */
    list: (query: PageQuery = {}, options?: CallOptions): Pages<Topic> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/topics', query }, options),

    /**
     * Get a topic.
     * Needs the permission `topics.read`.
     */
    get: (key: string, options?: CallOptions): Promise<Topic> =>
      this.#call({ method: 'GET', path: `/v1/topics/${encodeURIComponent(key)}` }, options),

    /**
     * Delete a topic with its subscriptions.
     * Needs the permission `topics.write`.
     */
    delete: (key: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/topics/${encodeURIComponent(key)}` }, options),

    /**
     * List who is subscribed to a topic.
     * Needs the permission `topics.read`.
     */
    subscribers: (key: string, query: PageQuery = {}, options?: CallOptions): Pages<TopicSubscription> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/topics/${encodeURIComponent(key)}/subscribers`, query }, options),

    /**
     * Subscribe users to a topic.
     * Creates the topic and the users when they are unknown. Who is subscribed already stays so.
     * Needs the permission `topics.write`.
     */
    subscribe: (key: string, body: { users: string[] }, options?: CallOptions): Promise<{ added: number }> =>
      this.#call({ method: 'POST', path: `/v1/topics/${encodeURIComponent(key)}/subscribers`, body }, options),

    /**
     * Unsubscribe users from a topic.
     * Needs the permission `topics.write`.
     */
    unsubscribe: (key: string, body: { users: string[] }, options?: CallOptions): Promise<{ removed: number }> =>
      this.#call({ method: 'POST', path: `/v1/topics/${encodeURIComponent(key)}/unsubscribe`, body }, options),
  };

  /**
   * Notify someone, the short way.
   * Answers after the commit: what was acknowledged is durable. An unknown user is created. Everyone in the workspace needs `notifications.broadcast` too.
   * Needs the permission `notifications.create`.
   */
  notify(body: NotifyInput, options?: CallOptions): Promise<Accepted> {
    return this.#call({ method: 'POST', path: '/v1/notify', body }, options);
  }

  readonly notifications = {
    /**
     * Send a notification to users, a topic or everyone.
     * Answers after the commit: what was acknowledged is durable. Unknown users are created. Everyone in the workspace needs `notifications.broadcast` too.
     * Needs the permission `notifications.create`.
     */
    create: (body: NotificationInput, options?: CallOptions): Promise<Accepted> =>
      this.#call({ method: 'POST', path: '/v1/notifications', body }, options),

    /**
     * Send up to 100 notifications at once.
     * Each entry is a body of `POST /v1/notifications` with a result of its own, in the same order. An entry at fault fails alone; the others are stored together.
     * Needs the permission `notifications.create`.
     */
    bulk: (body: { notifications: NotificationInput[] }, options?: CallOptions): Promise<NotificationsBulkResult> =>
      this.#call({ method: 'POST', path: '/v1/notifications/bulk', body }, options),

    /**
     * List what was sent, the newest first.
     * Needs the permission `notifications.read`.
     */
    list: (query: NotificationsListQuery = {}, options?: CallOptions): Pages<Notification> =>
      new Pages(this.#call, { method: 'GET', path: '/v1/notifications', query }, options),

    /**
     * Get a notification as its sender sees it.
     * Needs the permission `notifications.read`.
     */
    get: (id: string, options?: CallOptions): Promise<Notification> =>
      this.#call({ method: 'GET', path: `/v1/notifications/${encodeURIComponent(id)}` }, options),

    /**
     * Take a notification back from every inbox.
     * Needs the permission `notifications.delete`.
     */
    retract: (id: string, options?: CallOptions): Promise<void> =>
      this.#call({ method: 'DELETE', path: `/v1/notifications/${encodeURIComponent(id)}` }, options),

    /**
     * List who has got, seen or read a notification.
     * Of a broadcast, those who have touched it: nothing is stored for the others.
     * Needs the permission `notifications.read`.
     */
    receipts: (id: string, query: NotificationsReceiptsQuery = {}, options?: CallOptions): Pages<Receipt> =>
      new Pages(this.#call, { method: 'GET', path: `/v1/notifications/${encodeURIComponent(id)}/receipts`, query }, options),

    /**
     * See what a notification will look like and how many get it; nothing is sent.
     * Needs the permission `notifications.create`.
     */
    preview: (body: NotificationInput, options?: CallOptions): Promise<{ item: InboxItem; recipients: number }> =>
      this.#call({ method: 'POST', path: '/v1/notifications/preview', body }, options),
  };
}
