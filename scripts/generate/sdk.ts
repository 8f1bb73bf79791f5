import { NotificationInput, PERMISSIONS, UserId, UserInput } from '@pulsestack/core';
import { z } from 'zod';
import { type AnyOperation, acceptsIdempotencyKey } from '../../packages/pulsestack/src/kernel/operation.ts';
import { comment, JSON_TYPE, needsNothing, TypeWriter } from './types.ts';

/** Names that read better in code than the verb of the operation. */
const VERBS: Record<string, string> = { put: 'upsert' };
const RENAMED: Record<string, string> = {
  'accounts.getWorkspace': 'workspace.get',
  'accounts.updateWorkspace': 'workspace.update',
  'accounts.createSandbox': 'workspace.createSandbox',
  'accounts.listMembers': 'members.list',
  'accounts.updateMember': 'members.update',
  'accounts.removeMember': 'members.remove',
  'accounts.listInvitations': 'invitations.list',
  'accounts.invite': 'invitations.create',
  'accounts.withdrawInvitation': 'invitations.withdraw',
  'accounts.listRoles': 'roles.list',
  'accounts.createRole': 'roles.create',
  'accounts.updateRole': 'roles.update',
  'accounts.deleteRole': 'roles.delete',
  'accounts.listApiKeys': 'apiKeys.list',
  'accounts.createApiKey': 'apiKeys.create',
  'accounts.rotateApiKey': 'apiKeys.rotate',
  'accounts.revokeApiKey': 'apiKeys.revoke',
  'accounts.listAuditLog': 'auditLog.list',
  'accounts.mintUserToken': 'users.createToken',
  'notifications.notify': 'notify',
  'notifications.delete': 'notifications.retract',
};

/** Bulk operations take any entry and answer each for itself; what a caller should write is what fits. */
const BODIES: Record<string, z.ZodType> = {
  'users.bulk': z.object({ users: z.array(z.object({ id: UserId, ...UserInput.shape })) }),
  'notifications.bulk': z.object({ notifications: z.array(NotificationInput) }),
};

/** Writes the types and methods of the server SDK: every operation that an API key can be allowed to call. */
export function writeSdk(operations: readonly AnyOperation[], documentation: ReadonlyMap<string, string>): string {
  const types = new TypeWriter(documentation);
  const groups = new Map<string, string[]>();
  for (const op of operations.filter(isForKeys)) {
    const [group, verb] = methodName(op.id);
    groups.set(group, [...(groups.get(group) ?? []), method(op, verb, group === '' ? '  ' : '    ', types)]);
  }
  const members = [...groups].map(([group, methods]) =>
    group === '' ? methods.join('\n\n') : `  readonly ${group} = {\n${methods.join('\n\n')}\n  };`,
  );
  return `// Written by \`npm run generate\` from the operations of the product. Change those, not this file.
import type { Call, CallOptions } from './call.ts';
import { Pages } from './pages.ts';

${JSON_TYPE}

${types.declarations().join('\n\n')}

/** The operations an API key can be allowed to call, in groups. */
export class Operations {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

${members.join('\n\n')}
}
`;
}

/** The group and method an operation becomes in the SDK: \`users.put\` is \`users.upsert\`, \`notify\` stands alone. */
export function methodName(id: string): [group: string, verb: string] {
  const name = RENAMED[id] ?? id;
  const [group, verb] = name.split('.');
  return verb === undefined ? ['', name] : [group ?? '', VERBS[verb] ?? verb];
}

export function isForKeys(op: AnyOperation): boolean {
  return op.allow in PERMISSIONS;
}

function method(op: AnyOperation, verb: string, indent: string, types: TypeWriter): string {
  const body = BODIES[op.id] ?? op.body;
  const pageItem = itemOfPage(op);
  const typeName = pascal(methodName(op.id).join(' '));
  const parameters = [
    ...Object.entries(shapeOf(op.params)).map(([name, schema]) => `${name}: ${types.write(schema, 'input')}`),
    ...(body ? [parameter('body', `${typeName}Body`, body, types)] : []),
    ...(op.query ? [parameter('query', `${typeName}Query`, op.query, types)] : []),
    'options?: CallOptions',
  ];
  const answer = op.output === null ? 'void' : types.writeNamed(`${typeName}Result`, op.output, 'output');
  const returns = pageItem ? `Pages<${types.write(pageItem, 'output')}>` : `Promise<${answer}>`;
  const path = op.path.replaceAll(/\{(\w+)\}/g, (_whole, name) => `\${encodeURIComponent(${name})}`);
  const request = [
    `method: '${op.method}'`,
    path === op.path ? `path: '${path}'` : `path: \`${path}\``,
    ...(op.query ? ['query'] : []),
    ...(body ? ['body'] : []),
    // PUT and DELETE come to the same however often they are sent.
    ...(['POST', 'PATCH'].includes(op.method) && !acceptsIdempotencyKey(op) ? ['once: true'] : []),
  ].join(', ');
  const doc = comment(
    [sentence(op.summary), op.description, `Needs the permission \`${op.allow}\`.`].filter(Boolean).join('\n'),
    indent,
  );
  const head =
    indent === '  '
      ? `${indent}${verb}(${parameters.join(', ')}): ${returns} {`
      : `${indent}${verb}: (${parameters.join(', ')}): ${returns} =>`;
  const call = pageItem ? `new Pages(this.#call, { ${request} }, options)` : `this.#call({ ${request} }, options)`;
  return indent === '  '
    ? `${doc}${head}\n${indent}  return ${call};\n${indent}}`
    : `${doc}${head}\n${indent}  ${call},`;
}

function parameter(name: string, typeName: string, schema: z.ZodType, types: TypeWriter): string {
  return `${name}: ${types.writeNamed(typeName, schema, 'input')}${needsNothing(schema) ? ' = {}' : ''}`;
}

/** The item when the answer is one page of a list. */
function itemOfPage(op: AnyOperation): z.ZodType | undefined {
  const shape = shapeOf(op.output ?? undefined);
  if (!('cursor' in shapeOf(op.query)) || !('nextCursor' in shape)) return undefined;
  return shape.items instanceof z.ZodArray ? (shape.items.element as z.ZodType) : undefined;
}

function shapeOf(schema: z.ZodType | undefined): Record<string, z.ZodType> {
  return schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};
}

function pascal(words: string): string {
  return words.trim().replaceAll(/(?:^|[\s_-])(\w)/g, (_whole, first: string) => first.toUpperCase());
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
