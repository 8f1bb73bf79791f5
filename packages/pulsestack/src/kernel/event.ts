import type { z } from 'zod';
import type { Context } from './context.ts';
import { type Part, part, type Raw, sql, unsafe } from './sql.ts';
import type { Transaction } from './tenancy.ts';

/** A fact a room announces, `domain.action`. */
export interface Event<Data = unknown> {
  name: string;
  summary: string;
  data: z.ZodType<Data>;
  /** Events without a stream stay inside: webhooks, analytics and jobs read them, browsers do not. */
  public: boolean;
  /** Transient facts are handed to the sequencer and not kept on the log. */
  transient: boolean;
}

export function event<Schema extends z.ZodType>(
  name: string,
  data: Schema,
  options: { summary: string; public?: boolean; transient?: boolean },
): Event<z.output<Schema>> {
  return {
    name,
    data: data as z.ZodType<z.output<Schema>>,
    summary: options.summary,
    public: options.public ?? true,
    transient: options.transient ?? false,
  };
}

/** One announcement: the event, its data, and the stream it is pushed on (null: none). */
export interface Announcement {
  event: Event;
  data: object;
  stream: string | null;
  /** Its own correlation id, when one commit carries the facts of several requests. */
  correlationId?: string;
  /** The data as JSON text that goes out as it is; without it the correlation id is added to the data. */
  verbatim?: string;
  /** For filters of readers. */
  tags?: Tags;
  /** Persons it tells something about, beside the one whose stream it is on; it is emptied when one of them is erased. */
  about?: readonly string[];
}

export type Tags = Readonly<Record<string, string | number | boolean>>;

/** An event with its number on the log of its workspace. */
export interface NumberedEvent {
  workspaceId: string;
  epoch: string;
  seq: number;
  /** Empty for what is no reader's business. */
  stream: string;
  name: string;
  /** JSON text. */
  data: string;
  /** Milliseconds since 1970. */
  time: number;
  tags?: Tags;
  about?: readonly string[];
}

/** Hears after each commit what it announced: facts that have their number already, and whether others wait in the outbox. */
export type Listener = (numbered: readonly NumberedEvent[], waiting: boolean) => void;
const listeners = new WeakMap<object, Listener>();

export function onAnnounced(owner: object, listener: Listener): void {
  listeners.set(owner, listener);
}

/**
 * Announces several facts in the order given. They become visible on the log with the commit, never without it.
 *
 * Embedded, where transactions take turns anyway, and for those who commit for many at once (`groupCommit`), the facts are
 * numbered right here: that takes the row lock of the workspace's log until the commit. All others only put them into the
 * outbox, so that no slow transaction keeps a workspace waiting; the sequencer numbers them a moment later.
 */
export async function announce(
  runtime: Pick<Context, 'db' | 'database' | 'clock'>,
  tx: Transaction,
  workspaceId: string,
  announcements: readonly Announcement[],
  correlationId: string,
  options: { groupCommit?: boolean } = {},
): Promise<void> {
  if (announcements.length === 0) return;
  // The correlation id rides along, so that what a browser hears can be found in the logs of the request that caused it.
  const facts = announcements.map((one) => ({
    ...one,
    text: one.verbatim ?? JSON.stringify({ ...one.data, requestId: one.correlationId ?? correlationId }),
  }));
  const direct =
    runtime.database.kind === 'embedded' || options.groupCommit ? facts.filter((one) => !one.event.transient) : [];
  const numbered = direct.length > 0 ? await number(tx, workspaceId, direct, correlationId, runtime.clock.now()) : [];
  const waiting = numbered.length > 0 ? facts.filter((one) => one.event.transient) : facts;
  if (waiting.length > 0) await queue(tx, workspaceId, waiting, correlationId);
  tx.afterCommit(() => tellAnnounced(runtime, numbered, waiting.length > 0));
}

/** Tells this process what a commit has announced; for those who announce by a function of the database. */
export function tellAnnounced(
  runtime: Pick<Context, 'db'>,
  numbered: readonly NumberedEvent[],
  waiting: boolean,
): void {
  listeners.get(runtime.db)?.(numbered, waiting);
}

type Fact = Announcement & { text: string };

/** Appends to the log at once, unless earlier facts still wait in the outbox: those come first, so nothing is appended then. */
async function number(
  tx: Transaction,
  workspaceId: string,
  facts: readonly Fact[],
  correlationId: string,
  now: Date,
): Promise<NumberedEvent[]> {
  const labelled = labelsOf(facts);
  const head = await tx.find<{ epoch: string; head: number }>(sql`
    with head as (
      update log_heads
      set head = head + ${facts.length}
      where workspace_id = ${workspaceId}
        and not exists (select from outbox where workspace_id = ${workspaceId} and not transient)
      returning epoch, head
    ),
    logged as (
      insert into log_events (workspace_id, seq, stream, name, data, correlation_id, created_at, tags, about)
      select ${workspaceId}, head.head - ${facts.length} + position, nullif(stream, ''), name, data, correlation_id, ${now}, ${labelled}
      from head
      cross join unnest(${facts.map((one) => one.event.name)}::text[], ${facts.map((one) => one.stream ?? '')}::text[],
                        ${facts.map((one) => one.text)}::text[], ${facts.map((one) => one.correlationId ?? correlationId)}::text[])
                 with ordinality as fact (name, stream, data, correlation_id, position)
    )
    select epoch, head from head`);
  if (!head) return [];
  const base = head.head - facts.length;
  return facts.map((one, i) => ({
    workspaceId,
    epoch: head.epoch,
    seq: base + i + 1,
    stream: one.stream ?? '',
    name: one.event.name,
    data: one.text,
    time: now.getTime(),
    ...(one.tags ? { tags: one.tags } : {}),
    ...(one.about ? { about: one.about } : {}),
  }));
}

/** The columns tags and about of each fact, by its position. Hardly any fact has them, so the others do not carry them. */
function labelsOf(facts: readonly Fact[]): Part | Raw {
  if (!facts.some((one) => one.tags || one.about)) return unsafe('null, null');
  const labels = JSON.stringify(facts.map(({ tags = null, about = null }) => ({ tags, about })));
  return part`
    nullif(${labels}::jsonb -> (position::int - 1) -> 'tags', 'null'),
    case when jsonb_typeof(${labels}::jsonb -> (position::int - 1) -> 'about') = 'array'
         then array(select jsonb_array_elements_text(${labels}::jsonb -> (position::int - 1) -> 'about')) end`;
}

async function queue(
  tx: Transaction,
  workspaceId: string,
  facts: readonly Fact[],
  correlationId: string,
): Promise<void> {
  await tx.run(sql`
    insert into outbox (workspace_id, name, stream, data, correlation_id, transient, tags, about)
    select ${workspaceId}, name, nullif(stream, ''), data, correlation_id, transient, ${labelsOf(facts)}
    from unnest(${facts.map((one) => one.event.name)}::text[], ${facts.map((one) => one.stream ?? '')}::text[],
                ${facts.map((one) => one.text)}::text[], ${facts.map((one) => one.correlationId ?? correlationId)}::text[],
                ${facts.map((one) => one.event.transient)}::boolean[])
         with ordinality as fact (name, stream, data, correlation_id, transient, position)
    order by position`);
}

/** An announced fact on its way to the log. */
export interface OutboxRow {
  workspaceId: string;
  name: string;
  data: string;
}
