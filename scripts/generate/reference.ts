import { BUILT_IN_ROLES, ERRORS, PERMISSIONS, STREAM_EVENTS } from '@pulsestack/core';
import { z } from 'zod';
import { SETTINGS } from '../../packages/pulsestack/src/config.ts';
import type { AnyOperation } from '../../packages/pulsestack/src/kernel/operation.ts';
import { isForKeys, methodName } from './sdk.ts';
import { TypeWriter } from './types.ts';

const NOTE = '<!-- Written by `npm run generate`. Change the source it comes from, not this page. -->';

interface Setting {
  schema: z.ZodType;
  help: string;
  secret?: boolean;
}

const settings: [string, Setting][] = Object.entries(SETTINGS);

/** `docs/reference/settings.md` */
export function writeSettings(): string {
  return `${NOTE}
# Settings

Settings are environment variables. A value that cannot be used, and an unknown name that begins with \`PULSESTACK_\`, stop the
start with a sentence that says what to do. [\`.env.example\`](../../.env.example) has the same list to copy from;
\`pulsestack doctor\` checks the values against the machine.

| Setting | Values | Default | Meaning |
|---|---|---|---|
${settings.map(([name, setting]) => `| \`${name}\` | ${cell(valuesOf(setting))} | ${cell(defaultOf(setting))} | ${cell(setting.help)}${setting.secret ? ' Never logged.' : ''} |`).join('\n')}
`;
}

/** `.env.example` */
export function writeEnvExample(): string {
  const blocks = settings.map(
    ([name, setting]) =>
      `${wrap(setting.help, 116)
        .map((line) => `# ${line}`)
        .join('\n')}\n#${name}=${plainDefault(setting)}`,
  );
  return `# Every setting of PulseStack with its default. Written by \`npm run generate\`; docs/reference/settings.md says more.
# Nothing here is needed for development: \`npm start\` runs without any setting.

${blocks.join('\n\n')}
`;
}

/** `docs/reference/errors.md` */
export function writeErrors(): string {
  return `${NOTE}
# Errors

Every error is a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with the content type
\`application/problem+json\`. Decide by \`code\`: codes never change their meaning. \`detail\` is a sentence for people,
\`errors\` names the fields at fault, and \`requestId\` finds the request in the logs.

\`\`\`json
{
  "type": "https://pulsestack.dev/errors/request.invalid",
  "title": "${ERRORS['request.invalid'].title}",
  "status": 400,
  "code": "request.invalid",
  "detail": "body /title: Too small: expected string to have >=1 characters",
  "errors": [{ "in": "body", "field": "/title", "message": "Too small: expected string to have >=1 characters" }],
  "requestId": "req_01jd0c5m8xk7q2w9v4t6r3n1ab"
}
\`\`\`

| Code | Status | Title |
|---|---|---|
${Object.entries(ERRORS)
  .map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${cell(title)} |`)
  .join('\n')}
`;
}

/** `docs/reference/permissions.md` */
export function writePermissions(): string {
  const roles = Object.values(BUILT_IN_ROLES);
  const has = (role: { permissions: readonly string[] }, permission: string) =>
    role.permissions.includes(permission) ? 'yes' : '';
  return `${NOTE}
# Permissions

What a role or an API key can be allowed to do. Custom roles are made of these. Transferring or deleting a workspace
is no permission: only its owner can.

| Permission | Meaning | ${roles.map(({ name }) => name).join(' | ')} |
|---|---|${roles.map(() => '---|').join('')}
${Object.entries(PERMISSIONS)
  .map(([name, meaning]) => `| \`${name}\` | ${cell(meaning)} | ${roles.map((role) => has(role, name)).join(' | ')} |`)
  .join('\n')}
`;
}

/** `docs/reference/events.md` */
export function writeEvents(documentation: ReadonlyMap<string, string>): string {
  const types = new TypeWriter(documentation);
  const events = Object.entries(STREAM_EVENTS).map(
    ([name, schema]) => `## \`${name}\`\n\n\`\`\`ts\n${types.write(schema, 'output')}\n\`\`\``,
  );
  return `${NOTE}
# Events in real time

What a browser receives on \`GET /v1/stream\` (server-sent events) and on the Socket.IO namespace \`/notifications\`: the same
names and the same data. Each event carries a cursor; a client that comes back with the last cursor it saw misses nothing.

Beside them the stream speaks of itself:

| Event | Meaning |
|---|---|
| \`ps.open\` | the stream begins; its data has the cursor to begin with |
| \`ps.sync\` | nothing for you, but the cursor has moved on |
| \`ps.reset\` | events are missing for good: load the inbox and the counts anew; the stream goes on from its \`cursor\` |
| \`ps.drain\`, \`ps.busy\` | come back after \`retryMs\`; another process may answer |
| \`ps.expired\` | the token has expired; come back with a new one |

${events.join('\n\n')}

## Types

\`\`\`ts
${types.declarations().join('\n\n')}
\`\`\`
`;
}

/** `docs/reference/operations.md` */
export function writeOperations(operations: readonly AnyOperation[]): string {
  const groups = Map.groupBy(operations, (op) => op.id.split('.')[0] ?? op.id);
  const sections = [...groups].map(
    ([group, ops]) =>
      `## ${group}\n\n| Call | Who may | What it does | \`@pulsestack/node\` |\n|---|---|---|---|\n${ops.map(row).join('\n')}`,
  );
  return `${NOTE}
# Operations

Everything the API can do. Schemas, statuses and examples of each are at \`/reference\` and \`/openapi.json\` of a running server.

**Who may** is a [permission](permissions.md) that an API key or a member's role has, or one of: *public*, *account* (a
signed-in person), *owner* (of the workspace), *inbox* (a user token, or a member for their own inbox).

${sections.join('\n\n')}
`;
}

function row(op: AnyOperation): string {
  const sdk = isForKeys(op) ? `\`${methodName(op.id).filter(Boolean).join('.')}\`` : '';
  const who = isForKeys(op) ? `\`${op.allow}\`` : `*${op.allow}*`;
  return `| \`${op.method} ${op.path}\` | ${who} | ${cell(op.summary)} | ${sdk} |`;
}

function valuesOf({ schema }: Setting): string {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    enum?: string[];
    minimum?: number;
    maximum?: number;
    format?: string;
    type?: string;
  };
  if (json.enum) return json.enum.map((value) => `\`${value}\``).join(', ');
  if (json.minimum !== undefined && json.maximum !== undefined) return `${json.minimum}–${json.maximum}`;
  return json.format === 'uri' ? 'URL' : 'text';
}

function defaultOf(setting: Setting): string {
  const text = plainDefault(setting);
  return text === '' ? 'none' : `\`${text}\``;
}

function plainDefault({ schema }: Setting): string {
  const { data } = schema.safeParse(undefined);
  return data === undefined ? '' : String(data);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
