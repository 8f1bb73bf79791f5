import type { Audit, AuditRecord } from './audit.ts';
import { formatCursor } from './cursor.ts';
import type { Reader } from './reader.ts';
import type { Settings } from './settings.ts';

const BATCH = 500;

/** Gathers what was handed to whom and passes it on in batches. */
export class AuditRecorder {
  /** Of the log the readers are reading. */
  epoch = '';
  readonly #audit: Audit;
  readonly #settings: Settings;
  #batch: AuditRecord[] = [];
  #planned = false;

  constructor(audit: Audit, settings: Settings) {
    this.#audit = audit;
    this.#settings = settings;
  }

  /** Puts on record what a reader was handed since the last time; nothing when that was no event. */
  note(reader: Reader): void {
    const events = reader.eventsSent;
    if (events === reader.auditedEvents) return;
    const upTo = reader.reached;
    this.#add({
      kind: 'handed',
      connection: reader.id,
      client: reader.client,
      meta: reader.meta,
      streams: reader.streams,
      filter: reader.filter,
      after: formatCursor({ epoch: this.epoch, seq: reader.auditedSeq }),
      upTo: formatCursor({ epoch: this.epoch, seq: upTo }),
      at: this.#settings.clock.now(),
    });
    reader.auditedEvents = events;
    reader.auditedSeq = upTo;
  }

  acknowledged(client: string, after: string | null, upTo: string): void {
    this.#add({ kind: 'acknowledged', client, after, upTo, at: this.#settings.clock.now() });
  }

  flush(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    try {
      this.#audit.record(batch);
    } catch (error) {
      this.#settings.onError(error);
    }
  }

  #add(record: AuditRecord): void {
    if (this.#batch.push(record) >= BATCH) this.flush();
    else if (!this.#planned) {
      this.#planned = true;
      setImmediate(() => {
        this.#planned = false;
        this.flush();
      });
    }
  }
}
