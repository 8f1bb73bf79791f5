import { Acknowledgements } from './acks.ts';
import { AuditRecorder } from './audit-recorder.ts';
import type {
  AttachOptions,
  CloseReason,
  Connection,
  Hub,
  HubOptions,
  HubStats,
  Start,
  StartHints,
} from './contract.ts';
import { Counters } from './counters.ts';
import { parseCursor } from './cursor.ts';
import { Delivery } from './delivery.ts';
import { Follower } from './follower.ts';
import type { LogEvent } from './log.ts';
import { Observers } from './observers.ts';
import { Pages } from './pages.ts';
import { Pulse } from './pulse.ts';
import { Reader, type ReaderHub } from './reader.ts';
import type { Frame } from './ring.ts';
import { type Settings, settle } from './settings.ts';
import type { Transport } from './sink.ts';
import { Belongings, type Whose } from './whose.ts';

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
  readonly #acks: Acknowledgements | null;
  readonly #audit: AuditRecorder | null;
  readonly #observers: Observers;
  #owners: Belongings<Reader> | null = null;
  #lastReader = 0;
  #draining = false;
  #gone: (() => void) | null = null;

  constructor(options: HubOptions) {
    const settings = settle(options);
    this.#settings = settings;
    this.#observers = new Observers(settings.onError);
    this.#acks = settings.acks ? new Acknowledgements(settings.acks) : null;
    this.#audit = settings.audit ? new AuditRecorder(settings.audit, settings) : null;
    this.#follower = new Follower(options.log, settings, this.#counters, {
      appended: (frame) => this.#appended(frame),
      lost: (before) => this.#delivery.skip(this.#readers, before),
      restarted: () => this.#restarted(),
    });
    const pages = new Pages(options.log, settings.limits.pageEvents);
    this.#delivery = new Delivery(this.#follower, pages, settings, this.#counters, this.#audit);
    this.#pulse = new Pulse(settings, this.#counters, this.#follower, this.#delivery, this.#audit, this);
  }

  apply(events: readonly LogEvent[]): Promise<void> {
    return this.#follower.apply(events);
  }

  headIs(seq: number, epoch: string): Promise<void> {
    return this.#follower.headIs(seq, epoch);
  }

  async locate(cursor: string | null | undefined, hints: StartHints = {}): Promise<Start> {
    const acknowledged = !cursor && hints.client && this.#acks ? await this.#acks.last(hints.client) : null;
    return this.#follower.locate(cursor || acknowledged, hints.since);
  }

  async cursor(): Promise<string> {
    await this.#follower.start();
    return this.cursorAt(this.#follower.applied);
  }

  cursorAt(seq: number): string {
    return this.#follower.cursorAt(seq);
  }

  get applied(): number {
    return this.#follower.applied;
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
    let backpressuredConnections = 0;
    let cursorLag = 0;
    let acknowledgementLag = 0;
    for (const reader of this.#readers) {
      if (reader.state === 'catchup') catchupConnections += 1;
      if (reader.blockedAt > 0) backpressuredConnections += 1;
      cursorLag = Math.max(cursorLag, reader.lag);
      if (reader.client !== null) acknowledgementLag = Math.max(acknowledgementLag, reader.unacknowledged ?? 0);
    }
    return {
      ...this.#counters.read(),
      connections: this.#readers.size,
      catchupConnections,
      backpressuredConnections,
      cursorLag,
      acknowledgementLag,
      groups: this.#delivery.groups.size,
      filters: this.#delivery.groups.filters.size,
      head: applied,
      ringEvents: ring.size,
      ringBytes: ring.weight,
    };
  }

  // ---- what is said about events

  async acknowledge(client: string, text: string): Promise<'advanced' | 'old' | 'foreign'> {
    const cursor = parseCursor(text);
    if (!this.#acks || !cursor) return 'foreign';
    // It is located as if somebody would resume there: that finds out about other logs, and about the future.
    const start = await this.#follower.locate(text);
    if (start.kind === 'reset' && (start.reason === 'epoch' || start.reason === 'unknown')) return 'foreign';
    const advanced = await this.#acks.advance(client, text);
    if (!advanced) return 'old';
    this.#counters.acknowledgements += 1;
    this.#audit?.acknowledged(client, advanced.before, text);
    return 'advanced';
  }

  acknowledgedBy(client: string): number | null {
    return this.#acks?.by(client) ?? null;
  }

  forget(match: string | ((event: LogEvent) => boolean), upTo = 0): number {
    const matches = typeof match === 'string' ? (event: LogEvent) => event.stream === match : match;
    const count = this.#follower.forget(matches, upTo);
    this.#delivery.forget(matches);
    this.#counters.erased += count;
    return count;
  }

  onEvent(listener: (event: LogEvent, cursor: string) => void): () => void {
    return this.#observers.onEvent(listener);
  }

  onConnection(listener: (connection: Connection, change: 'opened' | 'closed') => void): () => void {
    return this.#observers.onConnection(listener);
  }

  #appended(frame: Frame): void {
    this.#delivery.plan(frame);
    this.#observers.tellEvent(frame.event, frame.cursor);
  }

  #restarted(): void {
    // What they were handed belongs to the epoch that ends here.
    if (this.#audit) for (const reader of this.#readers) this.#audit.note(reader);
    if (this.#audit) this.#audit.epoch = this.#follower.epoch;
    this.#delivery.restart(this.#readers);
  }

  // ---- readers come

  attach(sink: Transport, options: AttachOptions): Connection {
    const accepted = this.accepting;
    const group = this.#delivery.groups.join(sink.kind, options.streams, options.filter);
    this.#lastReader += 1;
    const client = this.#acks ? (options.client ?? null) : null;
    const reader = new Reader(this, this.#lastReader, group, sink, this.#timesFor(options), options.meta, client);
    this.#readers.add(reader);
    this.#owners?.add(reader, reader.meta);
    this.#counters.connected += 1;
    this.#pulse.begin(reader);
    sink.open(reader);
    this.#observers.tellConnection(reader, 'opened');
    if (!accepted) this.#refuse(reader);
    else if (options.start) this.#begin(reader, options.start);
    else {
      this.locate(options.cursor, options).then(
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
    reader.auditedSeq = reader.position;
    const cursor = this.cursorAt(reader.position);
    const data = { cursor, epoch, heartbeatMs, retryMs, conn: reader.id };
    this.#delivery.mind(reader, reader.handControl('ps.open', data, { cursor, retryMs }));
    if (reset) {
      this.#counters.replayRequests.reset += 1;
      const from = start.kind === 'reset' && start.from?.epoch === epoch ? start.from.seq : undefined;
      this.#delivery.reset(reader, reset, from);
    } else if (reader.position < applied) {
      this.#counters.replays += 1;
      this.#counters.replayRequests[reader.position + 1 >= this.#follower.ring.oldest ? 'ring' : 'log'] += 1;
    }
    if (this.#acks && reader.client !== null) {
      this.#acks
        .begin(reader.client, this.cursorAt(reader.position))
        .catch((error: unknown) => this.#settings.onError(error));
    }
    this.pump(reader);
  }

  #refuse(reader: Reader): void {
    if (reader.state !== 'opening') return;
    this.#counters.refused += 1;
    reader.ending = 'busy';
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
    reader.ending = 'error';
    this.#settings.onError(error);
    this.cut(reader);
  }

  // ---- readers go

  close(whose: Whose | ((connection: Connection) => boolean), reason: CloseReason = 'expired'): number {
    let closed = 0;
    for (const reader of typeof whose === 'function' ? this.#readers : this.#owned(whose)) {
      if (reader.state === 'closing' || (typeof whose === 'function' && !whose(reader))) continue;
      this.closeReader(reader, reason);
      closed += 1;
    }
    return closed;
  }

  /** Kept only where it is asked for. */
  #owned(whose: Whose): Reader[] {
    if (this.#owners === null) {
      this.#owners = new Belongings();
      for (const reader of this.#readers) this.#owners.add(reader, reader.meta);
    }
    return this.#owners.of(whose);
  }

  closeReader(reader: Reader, reason: CloseReason): void {
    if (reader.state === 'closing' || reader.state === 'closed') return;
    const { cursor } = reader;
    reader.ending = reason;
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
    const begun = reader.state !== 'opening';
    this.#audit?.note(reader);
    reader.group.leave(reader);
    // What it reached is what it has, also for those who ask later.
    reader.position = reader.reached;
    reader.state = 'closed';
    reader.sink = null;
    this.#pulse.end(reader);
    this.#delivery.groups.part(reader.group);
    this.#readers.delete(reader);
    this.#owners?.delete(reader);
    this.#counters.disconnected += 1;
    this.#counters.ended[reader.ending] += 1;
    if (begun && reader.client !== null) this.#acks?.end(reader.client);
    this.#observers.tellConnection(reader, 'closed');
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
    const began = clock.now();
    const deadline = began + graceMs;
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
    this.#audit?.flush();
    this.#counters.drainMs = clock.now() - began;
  }
}

/** When to come back: not all at once. */
function spreadRetry(): number {
  return 200 + Math.floor(Math.random() * 4_800);
}
