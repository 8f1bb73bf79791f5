import { BUILT_IN_ROLES, type BuiltInRole, PERMISSIONS, type Permission } from '@pulsestack/core';

const ALL = Object.keys(PERMISSIONS) as Permission[];

export function isBuiltInRole(role: string): role is BuiltInRole {
  return Object.hasOwn(BUILT_IN_ROLES, role);
}

/** The permissions of a role; those of a custom role come from its row. A role that is gone allows nothing. */
export function permissionsOf(role: string, custom: readonly string[] | null | undefined): Permission[] {
  return isBuiltInRole(role) ? [...BUILT_IN_ROLES[role].permissions] : onlyKnown(custom ?? []);
}

/** Permissions as they were stored, without those a later version has dropped. */
export function onlyKnown(stored: readonly string[]): Permission[] {
  return ALL.filter((one) => stored.includes(one));
}

/** What one would hand out without having it oneself. */
export function beyond(own: ReadonlySet<Permission>, given: readonly Permission[]): Permission[] {
  return given.filter((one) => !own.has(one));
}

/** What differs between two sets of permissions: changing a role needs all of it. */
export function difference(before: readonly Permission[], after: readonly Permission[]): Permission[] {
  return ALL.filter((one) => before.includes(one) !== after.includes(one));
}

/** Without a wish a key may do what its creator may. */
export function keyPermissions(own: ReadonlySet<Permission>, wished: readonly Permission[] | undefined): Permission[] {
  return wished ? ALL.filter((one) => wished.includes(one)) : ALL.filter((one) => own.has(one));
}

/** Why something is not done. */
export interface Refusal {
  code: 'auth.forbidden' | 'resource.conflict';
  sentence: string;
}

/** What somebody may do at this moment; API keys are no members. */
export interface Standing {
  memberId: string | null;
  permissions: ReadonlySet<Permission>;
}

interface Holder {
  role: string;
  permissions: readonly Permission[];
}

/** Nobody hands out what they do not have, touches whoever may do more, or makes and unmakes owners this way. */
export function refuseRoleChange(actor: Standing, target: Holder, wanted: Holder): Refusal | null {
  if (target.role === 'owner')
    return { code: 'resource.conflict', sentence: 'The owner keeps this role until ownership is transferred.' };
  if (wanted.role === 'owner') {
    return {
      code: 'resource.conflict',
      sentence: 'There is one owner; transfer ownership with POST /v1/workspace/transfer.',
    };
  }
  return refuseAbove(actor, target) ?? refuseGrant(actor, wanted.permissions);
}

/** Anyone but the owner may leave; removing others needs the permission, and no less than they have. */
export function refuseRemoval(actor: Standing, target: Holder & { id: string }): Refusal | null {
  if (target.role === 'owner')
    return { code: 'resource.conflict', sentence: 'The owner cannot leave; transfer ownership first.' };
  if (target.id === actor.memberId) return null;
  if (!actor.permissions.has('members.manage')) {
    return { code: 'auth.forbidden', sentence: 'This needs the permission "members.manage".' };
  }
  return refuseAbove(actor, target);
}

/** Nobody can give a permission they do not have. */
export function refuseGrant(actor: Standing, given: readonly Permission[]): Refusal | null {
  const [missing] = beyond(actor.permissions, given);
  return missing
    ? { code: 'auth.forbidden', sentence: `You cannot give the permission "${missing}" because you do not have it.` }
    : null;
}

/** An invitation is a grant for later, and never of ownership. */
export function refuseInvitation(actor: Standing, wanted: Holder): Refusal | null {
  if (wanted.role === 'owner') {
    return {
      code: 'resource.conflict',
      sentence: 'There is one owner; invite an admin and transfer ownership afterwards.',
    };
  }
  return refuseGrant(actor, wanted.permissions);
}

function refuseAbove(actor: Standing, target: Holder): Refusal | null {
  const [missing] = beyond(actor.permissions, target.permissions);
  return missing
    ? { code: 'auth.forbidden', sentence: `This member has the permission "${missing}", which you do not have.` }
    : null;
}
