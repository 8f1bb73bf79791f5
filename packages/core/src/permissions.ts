import { z } from 'zod';

/** Everything a role or an API key can be allowed to do, with the sentence the dashboard shows. */
export const PERMISSIONS = {
  'notifications.read': 'See what was sent and who has seen it',
  'notifications.create': 'Send to people and topics',
  'notifications.broadcast': 'Send to everyone in the workspace',
  'notifications.delete': 'Retract what was sent',
  'users.read': 'See users and their contacts',
  'users.write': 'Create, change and delete users',
  'users.impersonate': 'Mint tokens that act as a user in the browser',
  'topics.read': 'See topics and their subscribers',
  'topics.write': 'Create topics and change who is subscribed',
  'events.create': 'Send events, which start workflows',
  'workflows.read': 'See workflows, their versions and runs',
  'workflows.write': 'Change drafts of workflows',
  'workflows.publish': 'Publish, roll back and promote workflows and templates',
  'runs.manage': 'Cancel runs of workflows',
  'templates.read': 'See templates, layouts and translations',
  'templates.write': 'Change templates, layouts and translations',
  'preferences.read': 'See the preferences of users and the defaults of the workspace',
  'preferences.write': 'Change the preferences of users and the defaults of the workspace',
  'messages.read': 'See what was sent to whom on every channel, and why not',
  'suppressions.manage': 'See and change which addresses are never written to',
  'schedules.read': 'See schedules',
  'schedules.write': 'Create, change and cancel schedules',
  'integrations.manage': 'Connect providers and change their credentials',
  'jobs.read': 'See background work and what has failed',
  'jobs.manage': 'Run failed background work again, or drop it',
  'catalog.read': 'See which events are declared',
  'catalog.write': 'Declare events and change their schemas',
  'streams.read': 'See connections and who received what',
  'streams.manage': 'Disconnect readers, send and replay events, erase a person from the streams',
  'members.read': 'See members and invitations',
  'members.manage': 'Invite and remove members, change their roles',
  'roles.manage': 'Create and change custom roles',
  'keys.manage': 'Create, rotate and revoke API keys',
  'workspace.manage': 'Change the workspace and its sandbox',
  'audit.read': 'Read the audit log',
} as const;

export type Permission = keyof typeof PERMISSIONS;
export const Permission = z.enum(Object.keys(PERMISSIONS) as [Permission, ...Permission[]]);

const ALL = Object.keys(PERMISSIONS) as Permission[];
const ADMIN = ALL;
const MEMBER: Permission[] = [
  'notifications.read',
  'notifications.create',
  'users.read',
  'topics.read',
  'events.create',
  'workflows.read',
  'templates.read',
  'preferences.read',
  'messages.read',
  'schedules.read',
  'catalog.read',
  'streams.read',
  'members.read',
];

/** The roles every workspace has. Only an owner may transfer or delete the workspace; that is no permission but ownership itself. */
export const BUILT_IN_ROLES = {
  owner: { name: 'Owner', permissions: ALL },
  admin: { name: 'Admin', permissions: ADMIN },
  member: { name: 'Member', permissions: MEMBER },
} as const satisfies Record<string, { name: string; permissions: readonly Permission[] }>;

export type BuiltInRole = keyof typeof BUILT_IN_ROLES;
