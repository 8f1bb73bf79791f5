import type { Context, Principal } from '../../kernel/context.ts';
import { fail } from '../../kernel/errors.ts';
import type { Access } from '../../kernel/operation.ts';

/** Stops a caller who may not use an operation: 401 when nobody is asking, 403 when somebody without the right is. */
export function authorize(ctx: Context, allow: Access): void {
  if (allow === 'public') return;
  const { principal } = ctx;
  if (principal.kind === 'anonymous') {
    throw fail('auth.required', 'Send a key or token as "Authorization: Bearer …".', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  const refusal = refuse(principal, allow);
  if (refusal) throw fail('auth.forbidden', refusal);
}

function refuse(principal: Exclude<Principal, { kind: 'anonymous' }>, allow: Access): string | null {
  switch (allow) {
    case 'account':
      return principal.kind === 'member' ? null : 'This is for a signed-in person.';
    case 'owner':
      return principal.kind === 'member' && principal.role === 'owner'
        ? null
        : 'This is for the owner of the workspace.';
    case 'inbox':
      return principal.kind === 'key'
        ? 'An inbox is read with a user token; mint one with POST /v1/users/{id}/tokens.'
        : null;
    default:
      return principal.kind !== 'user' && principal.permissions.has(allow as never)
        ? null
        : `This needs the permission "${allow}".`;
  }
}
