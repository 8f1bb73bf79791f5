import { pause } from './clock.ts';
import type { Start } from './contract.ts';
import type { Counters } from './counters.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import { erased, type LogEvent, type LogHead, type StreamLog, seekByReading } from './log.ts';
import { Frame, Ring } from './ring.ts';
import type { Settings } from './settings.ts';

const PAUSE_MIN_MS = 10;
const PAUSE_MAX_MS = 1_000;

export interface FollowerListener {
  /** The next event, in order, without gaps. */
  appended(frame: Frame): void;
  /** The log itself has lost what came after `seq`; the follower goes on behind the hole. */
  lost(seq: number): void;
  /** The log is another one, or an earlier state of itself: no old position means anything. */
  restarted(): void;
}

/**
 * Follows one log by whatever it is told: events in any order and number, or only that there are some. What it passes on
 * is the log's order without gaps, because everything missing is read from the log.
 */
export class Follower {
  readonly ring: Ring;
  epoch = '';
  /** Every event up to here was passed on. */
  applied = 0;
  readonly #log: StreamLog;
  readonly #settings: Settings;
  readonly #counters: Counters;
  readonly #listener: FollowerListener;
  #started: Promise<void> | null = null;
  #ready = false;
  #asking: Promise<LogHead> | null = null;
  #target = 0;
  #repairing: Promise<void> | null = null;
  #erasures = 0;
  /** What is erased in the log, but may still come from a publisher or another node as it was. */
  #forgotten: { match: (event: LogEvent) => boolean; upTo: number }[] = [];

  constructor(log: StreamLog, settings: Settings, counters: Counters, listener: FollowerListener) {
    this.#log = log;
    this.#settings = settings;
    this.#counters = counters;
    this.#listener = listener;
    this.ring = new Ring(settings.limits.ringEvents, settings.limits.ringBytes);
  }

  cursorAt(seq: number): string {
    return formatCursor({ epoch: this.epoch, seq });
  }

  start(): Promise<void> {
    this.#started ??= this.#log.head().then(
      (head) => {
        this.epoch = head.epoch;
        this.applied = head.head;
        this.#ready = true;
        this.#listener.restarted();
      },
      (error: unknown) => {
        this.#started = null;
        throw error;
      },
    );
    return this.#started;
  }

  apply(events: readonly LogEvent[]): Promise<void> {
    const last = events.at(-1);
    if (!last) return Promise.resolve();
    if (this.#ready) this.#take(events);
    return this.#ready && this.applied >= last.seq ? Promise.resolve() : this.#reach(last.seq);
  }

  async headIs(seq: number, epoch: string): Promise<void> {
    await this.start();
    if (epoch === this.epoch && seq === this.applied) return;
    if (epoch === this.epoch && seq > this.applied) return this.#reach(seq);
    // Either the log went back, or this news is older than what we know: only the log can tell.
    const known = this.applied;
    const head = await this.#log.head();
    if (head.epoch !== this.epoch || head.head < known) this.#restart(head);
    else if (head.head > this.applied) await this.#reach(head.head);
  }

  async locate(text: string | null | undefined, since?: number): Promise<Start> {
    await this.start();
    const { epoch } = this;
    if (!text && since !== undefined) return this.#locateTime(since);
    if (!text) return { kind: 'live', epoch, seq: this.applied };
    const cursor = parseCursor(text);
    if (!cursor) return { kind: 'reset', reason: 'unknown' };
    const { seq } = cursor;
    if (cursor.epoch !== epoch) return { kind: 'reset', reason: 'epoch' };
    if (seq > this.applied) {
      // It may come from a node that heard the news before us.
      const head = await this.#log.head();
      if (head.epoch !== epoch || seq > head.head) return { kind: 'reset', reason: 'unknown' };
      await this.#reach(head.head);
    }
    if (seq < this.applied && seq + 1 < this.ring.oldest && (await this.hasForgotten(seq + 1))) {
      return { kind: 'reset', reason: 'expired' };
    }
    if (this.applied - seq > this.#settings.limits.replayEvents) return { kind: 'reset', reason: 'limit' };
    return { kind: 'replay', epoch, seq };
  }

  /** Replays what happened since; when some of it may be gone, says so and begins with what is left. */
  async #locateTime(since: number): Promise<Start> {
    const log = this.#log;
    const seq = await (log.seek ? log.seek(since) : seekByReading(log, since));
    const head = await log.head();
    if (head.head > this.applied) await this.#reach(head.head);
    const { epoch } = this;
    if (head.epoch !== epoch) return { kind: 'live', epoch, seq: this.applied };
    // When the first event there is belongs to that time, nobody knows what was before it.
    const missing = seq < head.oldest && head.oldest > 1;
    const from = { epoch, seq: Math.min(Math.max(seq, head.oldest - 1), this.applied) };
    if (this.applied - from.seq > this.#settings.limits.replayEvents) return { kind: 'reset', reason: 'limit' };
    return missing ? { kind: 'reset', reason: 'expired', from } : { kind: 'replay', ...from };
  }

  /** Empties what matches in memory, and what is being read from the log meanwhile is read again. */
  forget(match: (event: LogEvent) => boolean, upTo: number): number {
    this.#erasures += 1;
    if (upTo > this.applied) this.#forgotten.push({ match, upTo });
    return this.ring.erase(match);
  }

  /** Whether the log no longer has this event. A crowd that asks at once costs one question. */
  async hasForgotten(seq: number): Promise<boolean> {
    this.#asking ??= this.#log.head().finally(() => {
      this.#asking = null;
    });
    const head = await this.#asking;
    return head.epoch === this.epoch && head.oldest > seq;
  }

  /** Passes on what follows without a gap, drops what is known, and leaves the rest. */
  #take(events: readonly LogEvent[]): void {
    for (const event of events) {
      if (event.seq <= this.applied) this.#counters.duplicates += 1;
      else if (event.seq === this.applied + 1) this.#append(event);
      else break;
    }
  }

  #append(event: LogEvent): void {
    const kept = this.#forgotten.length > 0 ? this.#withoutForgotten(event) : event;
    const frame = new Frame(kept, this.cursorAt(event.seq));
    this.ring.push(frame);
    this.applied = event.seq;
    this.#counters.applied += 1;
    this.#listener.appended(frame);
  }

  #withoutForgotten(event: LogEvent): LogEvent {
    this.#forgotten = this.#forgotten.filter(({ upTo }) => upTo >= event.seq);
    return this.#forgotten.some(({ match }) => match(event)) ? erased(event) : event;
  }

  /** Resolves when everything up to `seq` is applied, however long the log cannot be read. */
  #reach(seq: number): Promise<void> {
    // A repair with nothing to do would end before it is remembered, and then be taken for one under way for ever.
    if (this.#ready && this.applied >= seq) return Promise.resolve();
    this.#target = Math.max(this.#target, seq);
    this.#repairing ??= this.#repair();
    return this.#repairing;
  }

  async #repair(): Promise<void> {
    const { clock, onError } = this.#settings;
    let pauseMs = PAUSE_MIN_MS;
    let counted = false;
    const begunAt = clock.now();
    while (!this.#ready || this.applied < this.#target) {
      const before = this.applied;
      try {
        await this.start();
        if (this.applied >= this.#target) break;
        if (!counted) this.#counters.gaps += 1;
        counted = true;
        await this.#readOn();
      } catch (error) {
        this.#counters.logErrors += 1;
        onError(error);
      }
      if (this.applied > before) pauseMs = PAUSE_MIN_MS;
      else if (this.applied < this.#target) {
        await pause(clock, pauseMs);
        pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS);
      }
    }
    if (counted) this.#counters.repairMs += clock.now() - begunAt;
    this.#repairing = null;
  }

  async #readOn(): Promise<void> {
    const { epoch } = this;
    const erasures = this.#erasures;
    const events = await this.#log.read(this.applied, this.#settings.limits.pageEvents);
    if (epoch !== this.epoch || erasures !== this.#erasures) return;
    const before = this.applied;
    this.#take(events);
    this.#counters.repaired += this.applied - before;
    if (this.applied > before) return;
    const head = await this.#log.head();
    if (head.epoch !== this.epoch) this.#restart(head);
    else if (head.oldest > this.applied + 1) this.#skipTo(head.oldest - 1);
  }

  #skipTo(seq: number): void {
    const before = this.applied;
    this.ring.clear();
    this.applied = seq;
    this.#listener.lost(before);
  }

  #restart(head: LogHead): void {
    this.epoch = head.epoch;
    this.applied = head.head;
    this.#target = head.head;
    this.#forgotten = [];
    this.ring.clear();
    this.#listener.restarted();
  }
}
