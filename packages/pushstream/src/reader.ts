import { parseContent } from './compile-filter.ts';
import type { CloseReason, Connection, EndReason } from './contract.ts';
import type { Filter } from './filter.ts';
import { encodeControl } from './frame.ts';
import type { Chunk, Group } from './group.ts';
import type { LogEvent } from './log.ts';
import type { ControlName, SinkOwner, Transport } from './sink.ts';
import type { Spoke } from './wheel.ts';

/** What a reader needs of its hub. */
export interface ReaderHub {
  cursorAt(seq: number): string;
  readonly flushed: number;
  readonly applied: number;
  acknowledgedBy(client: string): number | null;
  pump(reader: Reader): void;
  finish(reader: Reader): void;
  closeReader(reader: Reader, reason: CloseReason): void;
  beat(reader: Reader, now: number): number;
  broke(reader: Reader, error: unknown): void;
}

const NOTHING: Readonly<Record<string, string>> = Object.freeze({});

/**
 * One connection: a position in the log and a transport. Kept small and free of closures and timers of its own, since
 * there are many.
 */
export class Reader implements Connection, SinkOwner, Spoke {
  readonly #hub: ReaderHub;
  readonly #number: number;
  readonly group: Group;
  readonly meta: Readonly<Record<string, string>>;
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly endsAt: number;
  /** Under which name it acknowledges, or null. */
  readonly client: string | null;
  sink: Transport | null;
  state: Connection['state'] = 'opening';
  /** Everything up to here was handed to the transport; while live, the hub's own position counts. */
  position = 0;
  /** The last id this reader was told, and when it last heard anything. */
  sentSeq = 0;
  sentAt: number;
  /** When the transport refused more, or 0. */
  blockedAt = 0;
  /** Waiting for a page of the log, or for its next turn. */
  waiting = false;
  liveIndex = -1;
  /** Events and their bytes handed over; while live, less what the group had when this reader entered it. */
  events = 0;
  bytes = 0;
  /** Up to here, and with so many events, deliveries are on record. */
  auditedSeq = 0;
  auditedEvents = 0;
  ending: EndReason = 'client';
  dueAt = 0;
  wheelNext: Spoke | null = null;
  wheelPrev: Spoke | null = null;

  constructor(
    hub: ReaderHub,
    number: number,
    group: Group,
    sink: Transport,
    times: { openedAt: number; sentAt: number; expiresAt: number; endsAt: number },
    meta: Readonly<Record<string, string>> = NOTHING,
    client: string | null = null,
  ) {
    this.#hub = hub;
    this.#number = number;
    this.group = group;
    this.sink = sink;
    this.meta = meta;
    this.openedAt = times.openedAt;
    this.sentAt = times.sentAt;
    this.expiresAt = times.expiresAt;
    this.endsAt = times.endsAt;
    this.client = client;
  }

  get id(): string {
    return `c${this.#number.toString(36)}`;
  }

  get streams(): readonly string[] {
    return this.group.streams;
  }

  get filter(): Filter | null {
    return this.group.filter?.filter ?? null;
  }

  get cursor(): string | null {
    return this.state === 'opening' ? null : this.#hub.cursorAt(this.reached);
  }

  /** Everything up to here was handed to the transport. */
  get reached(): number {
    return this.state === 'live' ? this.#hub.flushed : this.position;
  }

  get eventsSent(): number {
    return this.liveIndex >= 0 ? this.events + this.group.events : this.events;
  }

  get bytesSent(): number {
    return this.liveIndex >= 0 ? this.bytes + this.group.bytes : this.bytes;
  }

  get lag(): number {
    return this.state === 'opening' ? 0 : this.#hub.applied - this.reached;
  }

  get unacknowledged(): number | null {
    const acknowledged = this.client === null ? null : this.#hub.acknowledgedBy(this.client);
    return acknowledged === null ? null : Math.max(0, this.#hub.applied - acknowledged);
  }

  receives(event: LogEvent): boolean {
    if (!this.group.reads(event.stream)) return false;
    const { filter } = this.group;
    return filter === null || filter.test({ event, content: parseContent(event.data) });
  }

  close(reason: CloseReason = 'drain'): void {
    this.#hub.closeReader(this, reason);
  }

  drained(): void {
    this.blockedAt = 0;
    this.#hub.pump(this);
  }

  closed(): void {
    this.#hub.finish(this);
  }

  due(now: number): number {
    return this.#hub.beat(this, now);
  }

  /** Hands a chunk over. False means the transport wants no more for now. */
  hand(chunk: Chunk): boolean {
    const { sink } = this;
    if (!sink) return false;
    // Written out instead of calling #give: this is the one line every delivery passes.
    try {
      if (sink.kind === 'bytes') return sink.write(chunk.bytes);
      if (sink.sendMany && chunk.frames.length > 1) return sink.sendMany(chunk.frames) !== false;
      let room = true;
      for (const frame of chunk.frames) if (sink.send(frame.message) === false) room = false;
      return room;
    } catch (error) {
      this.#hub.broke(this, error);
      return false;
    }
  }

  /** Hands ready bytes over, where they are understood. */
  handBytes(bytes: Uint8Array): boolean {
    return this.#give((sink) => sink.kind !== 'bytes' || sink.write(bytes));
  }

  handControl(
    name: ControlName,
    data: Readonly<Record<string, string | number>>,
    fields: { cursor?: string | null; retryMs?: number } = {},
  ): boolean {
    return this.#give((sink) => {
      if (sink.kind === 'bytes') return sink.write(encodeControl(name, data, fields));
      return sink.send({ kind: 'control', name, data, cursor: fields.cursor ?? null }) !== false;
    });
  }

  /** A transport that throws is broken, and no reason for the others to miss anything. */
  #give(act: (sink: Transport) => boolean): boolean {
    if (!this.sink) return false;
    try {
      return act(this.sink);
    } catch (error) {
      this.#hub.broke(this, error);
      return false;
    }
  }
}
