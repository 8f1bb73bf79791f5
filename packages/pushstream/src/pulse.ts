import type { AuditRecorder } from './audit-recorder.ts';
import type { CloseReason } from './contract.ts';
import type { Counters } from './counters.ts';
import type { Delivery } from './delivery.ts';
import type { Follower } from './follower.ts';
import { encodeControl, HEARTBEAT } from './frame.ts';
import type { Reader } from './reader.ts';
import type { Settings } from './settings.ts';
import { sharedWheel, type Wheel } from './wheel.ts';

// The wheel may be that late, and nobody is to read longer than his right lasts.
const EARLY_TICKS = 2;
const CLOSING_MS = 5_000;

export interface PulseListener {
  closeReader(reader: Reader, reason: CloseReason): void;
  cut(reader: Reader): void;
}

/** All that happens to readers because time passes: heartbeats, expiry, the end of a lifetime, stalls. */
export class Pulse {
  readonly #wheel: Wheel;
  readonly #earlyMs: number;
  readonly #settings: Settings;
  readonly #counters: Counters;
  readonly #follower: Follower;
  readonly #delivery: Delivery;
  readonly #listener: PulseListener;
  readonly #audit: AuditRecorder | null;
  #sync: { cursor: string; bytes: Buffer } | null = null;

  constructor(
    settings: Settings,
    counters: Counters,
    follower: Follower,
    delivery: Delivery,
    audit: AuditRecorder | null,
    listener: PulseListener,
  ) {
    // Fine enough for a heartbeat to come within its interval and a tenth.
    const tickMs = Math.min(250, Math.max(5, Math.floor(settings.heartbeatMs / 32)));
    this.#wheel = sharedWheel(settings.clock, tickMs);
    this.#earlyMs = EARLY_TICKS * tickMs;
    this.#settings = settings;
    this.#counters = counters;
    this.#follower = follower;
    this.#delivery = delivery;
    this.#audit = audit;
    this.#listener = listener;
  }

  begin(reader: Reader): void {
    this.#wheel.add(reader, this.#nextBeat(reader, reader.sentAt));
  }

  /** Gives a reader that was told the end a while to take it. */
  close(reader: Reader): void {
    this.#wheel.add(reader, this.#settings.clock.now() + CLOSING_MS);
  }

  end(reader: Reader): void {
    this.#wheel.remove(reader);
  }

  /** Does what is due for a reader; returns when to look again, or 0. */
  beat(reader: Reader, now: number): number {
    const { heartbeatMs, stallMs, onLag } = this.#settings;
    this.#audit?.note(reader);
    if (onLag && reader.unacknowledged) onLag(reader, reader.unacknowledged);
    if (reader.state === 'closing') this.#listener.cut(reader);
    else if (now >= reader.expiresAt - this.#earlyMs) {
      this.#counters.expired += 1;
      this.#listener.closeReader(reader, 'expired');
    } else if (now >= reader.endsAt) this.#listener.closeReader(reader, 'drain');
    else if (reader.blockedAt > 0) {
      if (now - reader.blockedAt < stallMs) return this.#nextBeat(reader, now);
      this.#counters.stalled += 1;
      reader.ending = 'stalled';
      this.#listener.cut(reader);
    } else {
      const heardAt = reader.state === 'live' ? Math.max(reader.sentAt, reader.group.sentAt) : reader.sentAt;
      if (now - heardAt < heartbeatMs) return this.#nextBeat(reader, heardAt);
      if (reader.state !== 'opening') this.#speak(reader, now);
      return reader.sink ? this.#nextBeat(reader, now) : 0;
    }
    return 0;
  }

  #nextBeat(reader: Reader, heardAt: number): number {
    const beatAt = heardAt + this.#settings.heartbeatMs;
    const stalledAt = reader.blockedAt > 0 ? reader.blockedAt + this.#settings.stallMs : Number.POSITIVE_INFINITY;
    return Math.min(beatAt, stalledAt, reader.expiresAt - this.#earlyMs, reader.endsAt);
  }

  #speak(reader: Reader, now: number): void {
    this.#counters.heartbeats += 1;
    reader.sentAt = now;
    const live = reader.state === 'live';
    const told = live ? Math.max(reader.sentSeq, reader.group.sentSeq) : reader.sentSeq;
    const has = live ? this.#delivery.flushed : reader.position;
    // When the log moved without anything for this reader, a fresh id keeps its cursor from ageing out of the history.
    const room = has > told ? this.#handSync(reader, has) : reader.handBytes(HEARTBEAT);
    reader.sentSeq = Math.max(told, has);
    if (room) return;
    this.#delivery.mind(reader, false);
    this.#delivery.demote(reader, has);
  }

  #handSync(reader: Reader, seq: number): boolean {
    const cursor = this.#follower.cursorAt(seq);
    if (reader.sink?.kind !== 'bytes') return reader.handControl('ps.sync', { cursor }, { cursor });
    if (this.#sync?.cursor !== cursor) this.#sync = { cursor, bytes: encodeControl('ps.sync', { cursor }, { cursor }) };
    return reader.handBytes(this.#sync.bytes);
  }
}
