import { compileFilter } from './compile-filter.ts';
import { parseCursor } from './cursor.ts';
import type { Filter } from './filter.ts';
import type { LogEvent } from './log.ts';

/** A part of the log was handed to a connection: of all events in it, those of its streams that pass its filter. */
export interface HandedRecord {
  kind: 'handed';
  connection: string;
  client: string | null;
  meta: Readonly<Record<string, string>>;
  streams: readonly string[];
  filter: Filter | null;
  /** The part begins after this cursor, and ends with the next. */
  after: string;
  upTo: string;
  /** When this was written down: at the connection's heartbeat or its end, after the events were handed over. */
  at: number;
}

/** A client said that it has everything up to a cursor. */
export interface AcknowledgedRecord {
  kind: 'acknowledged';
  client: string;
  /** What it had said before; null when that is not known. */
  after: string | null;
  upTo: string;
  at: number;
}

export type AuditRecord = HandedRecord | AcknowledgedRecord;

/**
 * Writes down who received what. Records come in batches, outside the path of events. `handed` means handed to the
 * connection's transport: the kernel may still have held it when the connection broke. Only `acknowledged` proves receipt.
 */
export interface Audit {
  record(records: readonly AuditRecord[]): void;
}

export interface Recipient extends HandedRecord {
  /** When its client acknowledged the event, or null. */
  acknowledgedAt: number | null;
}

export interface MemoryAudit extends Audit {
  /** Who was handed this event, the earliest first; once for every connection that was. */
  who(cursor: string, event: Pick<LogEvent, 'stream' | 'name' | 'data' | 'tags'>): Recipient[];
  /** Drops the records that match, for instance those about one person. Returns their number. */
  forget(match: (record: AuditRecord) => boolean): number;
}

/** Keeps the last `keep` (100,000) records in memory. */
export function createMemoryAudit(options: { keep?: number } = {}): MemoryAudit {
  const keep = options.keep ?? 100_000;
  let records: AuditRecord[] = [];

  return {
    record(more) {
      for (const one of more) records.push(one);
      if (records.length >= 2 * keep) records = records.slice(-keep);
    },
    who(cursor, event) {
      const at = parseCursor(cursor);
      if (!at) return [];
      const kept = records.slice(-keep);
      const has = (text: string) => {
        const upTo = parseCursor(text);
        return upTo !== null && upTo.epoch === at.epoch && upTo.seq >= at.seq;
      };
      return kept.flatMap((one) => {
        if (one.kind !== 'handed' || !has(one.upTo) || has(one.after) || !one.streams.includes(event.stream)) return [];
        if (one.filter && !compileFilter(one.filter)(event)) return [];
        const acknowledged = kept.find(
          (other) => other.kind === 'acknowledged' && other.client === one.client && has(other.upTo),
        );
        return [{ ...one, acknowledgedAt: acknowledged?.at ?? null }];
      });
    },
    forget(match) {
      const before = records.length;
      records = records.filter((record) => !match(record));
      return before - records.length;
    },
  };
}
