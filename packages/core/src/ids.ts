import { z } from 'zod';

/** What an id begins with tells what it names, so a pasted id explains itself. */
export const ID_PREFIXES = {
  account: 'acc',
  apiKey: 'key',
  attempt: 'att',
  audit: 'aud',
  delivery: 'dlv',
  digest: 'dig',
  event: 'evt',
  eventSink: 'snk',
  eventSource: 'src',
  integration: 'itg',
  hook: 'hok',
  invitation: 'inv',
  job: 'job',
  member: 'mem',
  message: 'msg',
  notification: 'ntf',
  preferenceChange: 'prc',
  request: 'req',
  role: 'rol',
  run: 'run',
  schedule: 'sch',
  session: 'ses',
  signingKey: 'sig',
  template: 'tpl',
  undo: 'und',
  webhook: 'whk',
  workflow: 'wfl',
  workspace: 'wsp',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

// Crockford's alphabet keeps its order under byte comparison, which is what makes ids sortable by time.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARS = 10;
const RANDOM_CHARS = 16;

/**
 * Makes a sortable id: prefix, 50 bits of milliseconds, 80 bits of randomness.
 * `randomBytes` must hold 16 uniformly random bytes; the low five bits of each are used.
 */
export function makeId(kind: IdKind, nowMs: number, randomBytes: Uint8Array): string {
  let time = '';
  for (let rest = nowMs, i = 0; i < TIME_CHARS; i++) {
    time = ALPHABET[rest % 32] + time;
    rest = Math.floor(rest / 32);
  }
  let random = '';
  for (let i = 0; i < RANDOM_CHARS; i++) random += ALPHABET[(randomBytes[i] ?? 0) & 31];
  return `${ID_PREFIXES[kind]}_${time}${random}`;
}

/** The instant an id was made, in milliseconds. */
export function timeOfId(id: string): number {
  let ms = 0;
  for (const char of id.slice(4, 4 + TIME_CHARS)) ms = ms * 32 + ALPHABET.indexOf(char);
  return ms;
}

/** The schema of one kind of id, as it appears in paths and bodies. */
export function idSchema(kind: IdKind) {
  const prefix = ID_PREFIXES[kind];
  return z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`), `must be a ${kind} id such as ${prefix}_01j…`)
    .meta({ description: `Id of the ${kind}`, examples: [`${prefix}_01jd0c5m8xk7q2w9v4t6r3n1ab`] });
}

export const IntegrationId = idSchema('integration');
export const WorkspaceId = idSchema('workspace');
export const MessageId = idSchema('message');
export const RunId = idSchema('run');
export const NotificationId = idSchema('notification');
