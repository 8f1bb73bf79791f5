import type { AttachOptions, CloseReason, Connection, Hub, HubOptions, HubStats, Start } from './contract.ts';
import { Counters } from './counters.ts';
import { Delivery } from './delivery.ts';
import { Follower } from './follower.ts';
import type { LogEvent } from './log.ts';
import { Pages } from './pages.ts';
import { Pulse } from './pulse.ts';
import { Reader, type ReaderHub } from './reader.ts';
import { type Settings, settle } from './settings.ts';
import type { Transport } from './sink.ts';

const DRAIN_STEP_MS = 50;

/** Serves the readers of one log. Works from its creation on; the log is first asked when something needs it. */
export function createHub(options: HubOptions): Hub {
  return new StreamHub(options);
}

class StreamHub implements Hub, ReaderHub {
  readonly #settings: Settings;
  readonly #counters = new Counters();
  readonly #follower: Follower;
  readonly #delivery: Delivery;
  readonly #pulse: Pulse;
  readonly #readers = new Set<Reader>();
  #lastReader = 0;
  #draining = false;
  #gone: (() => void) | null = null;

  constructor(options: HubOptions) {
    const settings = settle(options);
    this.#settings = settings;
    this.#follower = new Follower(options.log, settings, this.#counters, {
      appended: (frame) => this.#delivery.plan(frame),
      lost: (before) => this.#delivery.skip(this.#readers, before),
      restarted: () => this.#delivery.restart(this.#readers),
    });
    const pages = new Pages(options.log, settings.limits.pageEvents);
    this.#delivery = new Delivery(this.#follower, pages, settings, this.#counters);
    this.#pulse = new Pulse(settings, this.#counters, this.#follower, this.#delivery, this);
  }

  apply(events: readonly LogEvent[]): Promise<void> {
    return this.#follower.apply(events);
  }

  headIs(seq: number, epoch: string): Promise<void> {
    return this.#follower.headIs(seq, epoch);
  }

  locate(cursor: string | null | undefined): Promise<Start> {
    return this.#follower.locate(cursor);
  }

  async cursor(): Promise<string> {
    await this.#follower.start();
    return this.cursorAt(this.#follower.applied);
  }

  cursorAt(seq: number): string {
    return this.#follower.cursorAt(seq);
  }

  get flushed(): number {
    return this.#delivery.flushed;
  }

  get accepting(): boolean {
    return !this.#draining && this.#readers.size < this.#settings.limits.connections;
  }

  connections(): IterableIterator<Connection> {
    return this.#readers.values();
  }

  stats(): HubStats {
    const { ring, applied } = this.#follower;
    let catchupConnections = 0;
    for (const reader of this.#readers) if (reader.state === 'catchup') catchupConnections += 1;
    return {
      ...this.#counters.read(),
      connections: this.#readers.size,
      catchupConnections,
      groups: this.#delivery.groups.size,
      head: applied,
      ringEvents: ring.size,
      ringBytes: ring.weight,
    };
  }

  // ---- readers come

  attach(sink: Transport, options: AttachOptions): Connection {
    const accepted = this.accepting;
    const group = this.#delivery.groups.join(sink.kind, options.streams);
    this.#lastReader += 1;
    const reader = new Reader(this, this.#lastReader, group, sink, this.#timesFor(options), options.meta);
    this.#readers.add(reader);
    this.#counters.connected += 1;
    this.#pulse.begin(reader);
    sink.open(reader);
    if (!accepted) this.#refuse(reader);
    else if (options.start) this.#begin(reader, options.start);
    else {
      this.locate(options.cursor).then(
        (start) => this.#begin(reader, start),
        (error: unknown) => {
          this.#counters.logErrors += 1;
          this.#settings.onError(error);
          this.#refuse(reader);
        },
      );
    }
    return reader;
  }

  #timesFor(options: AttachOptions) {
    const { clock, heartbeatMs, lifetimeMs } = this.#settings;
    const now = clock.now();
    return {
      openedAt: now,
      // The first heartbeat comes early by chance, so that those who came together do not all beat together.
      sentAt: now - Math.floor((heartbeatMs / 2) * Math.random()),
      expiresAt: options.expiresAt ?? Number.POSITIVE_INFINITY,
      endsAt: lifetimeMs > 0 ? now + lifetimeMs * (0.8 + 0.2 * Math.random()) : Number.POSITIVE_INFINITY,
    };
  }

  #begin(reader: Reader, start: Start): void {
    if (reader.state !== 'opening') return;
    const { epoch, applied } = this.#follower;
    const { heartbeatMs, retryMs } = this.#settings;
    // The log may have become another one since the start was located.
    const reset = start.kind === 'reset' ? start.reason : start.epoch === epoch ? null : 'epoch';
    reader.state = 'catchup';
    // Position 0 is before everything: a reader cut off before it heard the reset will be reset again, or sent all there is.
    reader.position = start.kind === 'reset' || reset ? 0 : start.seq;
    reader.sentSeq = reader.position;
    const cursor = this.cursorAt(reader.position);
    const data = { cursor, epoch, heartbeatMs, retryMs, conn: reader.id };
    this.#delivery.mind(reader, reader.handControl('ps.open', data, { cursor, retryMs }));
    if (reset) this.#delivery.reset(reader, reset);
    else if (reader.position < applied) this.#counters.replays += 1;
    this.pump(reader);
  }

  #refuse(reader: Reader): void {
    if (reader.state !== 'opening') return;
    this.#counters.refused += 1;
    const retryMs = spreadRetry();
    reader.handControl('ps.busy', { reason: this.#draining ? 'draining' : 'busy', retryMs }, { retryMs });
    this.#end(reader);
  }

  // ---- readers are

  pump(reader: Reader): void {
    this.#delivery.pump(reader);
  }

  beat(reader: Reader, now: number): number {
    return this.#pulse.beat(reader, now);
  }

  broke(reader: Reader, error: unknown): void {
    this.#settings.onError(error);
    this.cut(reader);
  }

  // ---- readers go

  close(match: (connection: Connection) => boolean, reason: CloseReason = 'expired'): number {
    let closed = 0;
    for (const reader of this.#readers) {
      if (reader.state === 'closing' || !match(reader)) continue;
      this.closeReader(reader, reason);
      closed += 1;
    }
    return closed;
  }

  closeReader(reader: Reader, reason: CloseReason): void {
    if (reader.state === 'closing' || reader.state === 'closed') return;
    const { cursor } = reader;
    if (reader.state === 'live') this.#delivery.demote(reader, this.flushed);
    if (reason === 'expired') reader.handControl('ps.expired', {}, { cursor });
    if (reason === 'drain') {
      const retryMs = spreadRetry();
      reader.handControl('ps.drain', cursor ? { retryMs, cursor } : { retryMs }, { cursor, retryMs });
    }
    this.#end(reader);
  }

  /** Ends a reader after it took what it was handed. */
  #end(reader: Reader): void {
    if (!reader.sink) return;
    reader.state = 'closing';
    this.#pulse.close(reader);
    reader.sink.end();
  }

  /** Ends now; the reader comes back by its cursor, if it can. */
  cut(reader: Reader): void {
    const { sink } = reader;
    this.finish(reader);
    sink?.destroy();
  }

  finish(reader: Reader): void {
    if (reader.state === 'closed') return;
    reader.group.leave(reader);
    reader.state = 'closed';
    reader.sink = null;
    this.#pulse.end(reader);
    this.#delivery.groups.part(reader.group);
    this.#readers.delete(reader);
    this.#counters.disconnected += 1;
    if (this.#readers.size === 0) this.#gone?.();
  }

  async drain(graceMs: number): Promise<void> {
    const { clock } = this.#settings;
    this.#draining = true;
    if (this.#readers.size === 0) return;
    const gone = new Promise<void>((resolve) => {
      this.#gone = resolve;
    });
    const leaving = [...this.#readers];
    const deadline = clock.now() + graceMs;
    // The last ones need time to hear it, too.
    const steps = Math.max(1, Math.floor((graceMs * 0.8) / DRAIN_STEP_MS));
    const perStep = Math.ceil(leaving.length / steps);
    const closeSome = () => {
      for (const reader of leaving.splice(0, perStep)) this.closeReader(reader, 'drain');
    };
    closeSome();
    const stop = clock.every(DRAIN_STEP_MS, () => {
      closeSome();
      if (clock.now() >= deadline) for (const reader of this.#readers) this.cut(reader);
    });
    await gone;
    stop();
  }
}

/** When to come back: not all at once. */
function spreadRetry(): number {
  return 200 + Math.floor(Math.random() * 4_800);
}
