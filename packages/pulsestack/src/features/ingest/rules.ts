import { isUtf8 } from 'node:buffer';
import { CloudEvent, type EventInput, type HookMapping } from '@pulsestack/core';
import { formatCursor } from 'pushstream';
import { CLOUD_EVENT_TYPE, envelopeOf, isBinaryCloudEvent } from '../../kernel/cloud-events.ts';
import { ProductError } from '../../kernel/errors.ts';
import { holds } from '../../kernel/logic.ts';
import type { BusMessage, OutgoingMessage } from '../../ports/bus.ts';
import { eventOfCloud, eventOfMapping } from '../workflows/index.ts';

/** May a workspace listen to this topic and publish on it? The common topic holds the events of all, so it is nobody's. */
export function mayUse(
  workspaceId: string,
  topic: string,
  settings: { topic: string | null; allowedTopics: readonly string[] },
): boolean {
  const isCommon = settings.topic !== null && (topic === settings.topic || topic.startsWith(`${settings.topic}.`));
  return !isCommon && topicsOf(workspaceId, settings.allowedTopics).some((pattern) => toPattern(pattern).test(topic));
}

/** The patterns of topics that a workspace may use, with its own id in them. */
export function topicsOf(workspaceId: string, allowed: readonly string[]): string[] {
  return allowed.map((pattern) => pattern.replaceAll('{workspace}', workspaceId));
}

function toPattern(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[A-Za-z0-9._-]+')}$`);
}

/** Is an event wanted by one of the patterns: its name, `domain.*`, or `*`? */
export function isWanted(name: string, patterns: readonly string[]): boolean {
  return patterns.some(
    (pattern) =>
      pattern === '*' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))),
  );
}

/** What a message means to a source. */
export type Meaning = { kind: 'event'; event: EventInput } | { kind: 'ignored' } | { kind: 'refused'; reason: string };

const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_DEPTH = 64;

/** Reads a message: as a CloudEvent in either mode, or by the mapping of the source. */
export function readMessage(message: BusMessage, mapping: HookMapping | null, workspaceId: string): Meaning {
  if (message.value.length > MAX_MESSAGE_BYTES) return refused('The message is larger than 1 MiB.');
  let body: unknown;
  try {
    if (!isUtf8(message.value)) return refused('The message is not JSON in UTF-8.');
    body = message.value.length === 0 ? undefined : JSON.parse(message.value.toString('utf8'));
  } catch {
    return refused('The message is not JSON in UTF-8.');
  }
  if (!isStorable(body, 0)) return refused(`The message has NUL or half characters, or more than ${MAX_DEPTH} levels.`);
  if (isBinaryCloudEvent(message.headers)) body = envelopeOf(message.headers, body);
  const isCloudEvent = isObject(body) && 'specversion' in body;
  // A workspace that starts workflows with what its workflows have done would never come to rest.
  if (isCloudEvent && (body as { source?: unknown }).source === sourceOf(workspaceId))
    return refused('The event comes from this workspace and would go round in circles.');
  try {
    if (mapping) return byMapping(message, body, mapping);
    if (!isCloudEvent) return refused('The message is no CloudEvent 1.0, and the source has no mapping.');
    const parsed = CloudEvent.safeParse(body);
    if (parsed.success) return { kind: 'event', event: eventOfCloud(parsed.data) };
    const [issue] = parsed.error.issues;
    return refused(`The CloudEvent is not valid: ${issue?.path.join('.')} ${issue?.message}`);
  } catch (error) {
    if (error instanceof ProductError) return refused(error.message);
    throw error;
  }
}

function byMapping(message: BusMessage, body: unknown, mapping: HookMapping): Meaning {
  const data = { headers: { ...message.headers }, body };
  if (mapping.if !== undefined && !holds(mapping.if, data)) return { kind: 'ignored' };
  const cloud = CloudEvent.pick({ id: true, source: true }).safeParse(body);
  // What names no id of its own is known by its place, which is the same whenever it comes.
  const id = cloud.success ? `${cloud.data.source} ${cloud.data.id}` : `${message.topic} ${message.position}`;
  return { kind: 'event', event: eventOfMapping(mapping, data, id) };
}

/** PostgreSQL keeps neither NUL nor half a surrogate pair; and what nests without end is nobody's data. */
function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.includes('\u0000') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  return Object.entries(value).every(([key, inner]) => isStorable(key, depth) && isStorable(inner, depth + 1));
}

function refused(reason: string): Meaning {
  return { kind: 'refused', reason };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An event of the log, as the forwarder reads it. */
export interface LoggedEvent {
  seq: number;
  stream: string | null;
  name: string;
  data: string;
  correlation_id: string;
  created_at: Date;
}

// Brokers refuse messages of a megabyte; what is larger is named and not carried.
const MAX_DATA_BYTES = 900_000;

/** An event of the log as a CloudEvent in structured mode. Its id is its cursor, so readers know a repetition by it. */
export function toMessage(workspaceId: string, epoch: string, event: LoggedEvent): OutgoingMessage {
  const id = formatCursor({ epoch, seq: event.seq });
  const envelope = {
    specversion: '1.0',
    id,
    source: sourceOf(workspaceId),
    type: event.name,
    ...subjectOf(event.stream),
    time: event.created_at.toISOString(),
    workspace: workspaceId,
    correlationid: event.correlation_id,
  };
  const fits = Buffer.byteLength(event.data) <= MAX_DATA_BYTES;
  const head = JSON.stringify(
    fits ? { ...envelope, datacontenttype: 'application/json' } : { ...envelope, dataref: id },
  );
  return {
    key: workspaceId,
    // The data is JSON already and can be large, so it is not parsed only to be written again.
    value: fits ? `${head.slice(0, -1)},"data":${event.data}}` : head,
    headers: { 'content-type': `${CLOUD_EVENT_TYPE}; charset=UTF-8`, workspace: workspaceId },
    id: `${workspaceId} ${id}`,
  };
}

/** The user whom an event is about, as events that come in name one, or the topic it was told to. */
function subjectOf(stream: string | null): { subject?: string; topic?: string } {
  if (stream?.startsWith('u.')) return { subject: stream.slice(2) };
  return stream?.startsWith('t.') ? { topic: stream.slice(2) } : {};
}

function sourceOf(workspaceId: string): string {
  return `/workspaces/${workspaceId}`;
}
