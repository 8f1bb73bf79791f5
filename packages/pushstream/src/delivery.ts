import type { AuditRecorder } from './audit-recorder.ts';
import { NO_BYTES, RecentReplays, SharedChunks } from './chunk.ts';
import { pause } from './clock.ts';
import type { ResetReason } from './contract.ts';
import type { Counters } from './counters.ts';
import type { Follower } from './follower.ts';
import { type Chunk, type Group, Groups } from './group.ts';
import type { LogEvent } from './log.ts';
import type { Pages } from './pages.ts';
import type { Reader } from './reader.ts';
import type { Frame } from './ring.ts';
import type { Settings } from './settings.ts';

const PAUSE_MIN_MS = 10;
const PAUSE_MAX_MS = 1_000;
// A reader that drinks as fast as we pour must not keep the others waiting.
const CHUNKS_PER_TURN = 8;
// Neither must one whose filter lets little through.
const EVENTS_PER_PIECE = 64;

/**
 * Hands events to readers. Those who have everything are live and served together, once per turn of the event loop; each
 * of the others is brought forward on its own, at the pace at which it reads.
 */
export class Delivery {
  readonly groups: Groups;
  /** Up to here, everything was handed to the live readers. */
  flushed = 0;
  readonly #follower: Follower;
  readonly #pages: Pages;
  readonly #settings: Settings;
  readonly #counters: Counters;
  readonly #audit: AuditRecorder | null;
  readonly #chunks: SharedChunks;
  readonly #replays = new RecentReplays();
  #dirty: Group[] = [];
  #flushPlanned = false;
  #flushing = false;
  #erasures = 0;

  constructor(follower: Follower, pages: Pages, settings: Settings, counters: Counters, audit: AuditRecorder | null) {
    this.#follower = follower;
    this.#pages = pages;
    this.#settings = settings;
    this.#counters = counters;
    this.#audit = audit;
    this.groups = new Groups(counters);
    this.#chunks = new SharedChunks(settings.limits.chunkBytes);
  }

  // ---- those who have everything

  /** Plans an event for the live readers of its stream. */
  plan(frame: Frame): void {
    this.groups.reading(frame.stream, (group) => {
      if (group.live.length > 0 && group.passes(frame) && group.pending.push(frame) === 1) this.#dirty.push(group);
    });
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    setImmediate(() => {
      this.#flushPlanned = false;
      this.flush();
    });
  }

  flush(upTo = this.#follower.applied): void {
    const dirty = this.#dirty;
    if (dirty.length > 0) {
      const now = this.#settings.clock.now();
      this.#dirty = [];
      this.#flushing = true;
      for (const group of dirty) {
        const frames = group.pending;
        group.pending = [];
        this.#deliver(group, frames, upTo, now);
      }
      this.#flushing = false;
      this.#chunks.forget();
      this.#replays.forget();
    }
    // Only now: whoever is closed while the others are served has not been handed all of it.
    this.flushed = upTo;
  }

  #deliver(group: Group, frames: readonly Frame[], upTo: number, now: number): void {
    const { live } = group;
    const count = live.length;
    const last = frames.at(-1);
    if (count === 0 || !last) return;
    group.sentSeq = last.seq;
    group.sentAt = now;
    const chunks = group.kind === 'bytes' ? this.#chunks.of(frames, upTo) : [{ frames, bytes: NO_BYTES, upTo }];
    let bytes = 0;
    for (const chunk of chunks) bytes += chunk.bytes.length;
    // From the end, because readers that are demoted leave the list. Code behind an object sink may even close others.
    const readers = group.kind === 'bytes' ? live : [...live];
    for (let at = count - 1; at >= 0; at -= 1) {
      const reader = readers[at];
      if (reader?.state === 'live') this.#handAll(reader, chunks);
    }
    group.events += frames.length;
    group.bytes += bytes;
    this.#counters.delivered += frames.length * count;
    this.#counters.bytes += bytes * count;
    const { onDeliver } = this.#settings;
    if (onDeliver) for (const frame of frames) onDeliver(frame.event, count);
  }

  #handAll(reader: Reader, chunks: readonly Chunk[]): void {
    for (const chunk of chunks) {
      if (reader.hand(chunk)) continue;
      if (reader.state !== 'live') return;
      this.#counters.demoted += 1;
      const taken = chunks.indexOf(chunk);
      for (const [index, { frames, bytes }] of chunks.entries()) {
        if (index <= taken) {
          reader.events += frames.length;
          reader.bytes += bytes.length;
        } else {
          // Counted below with those of all the others.
          this.#counters.delivered -= frames.length;
          this.#counters.bytes -= bytes.length;
        }
      }
      this.demote(reader, chunk.upTo);
      this.mind(reader, false);
      return;
    }
  }

  /** From now on this reader is brought forward on its own, from `position`. */
  demote(reader: Reader, position: number): void {
    if (reader.state === 'live') {
      reader.sentSeq = Math.max(reader.sentSeq, Math.min(position, reader.group.sentSeq));
      reader.sentAt = Math.max(reader.sentAt, reader.group.sentAt);
      reader.state = 'catchup';
      reader.group.leave(reader);
    }
    reader.position = position;
  }

  /** Remembers since when a transport takes no more. */
  mind(reader: Reader, room: boolean): void {
    if (!room && reader.blockedAt === 0) reader.blockedAt = Math.max(1, this.#settings.clock.now());
  }

  // ---- those who have not

  /**
   * Brings a reader from its position to the present: from the ring if it reaches back far enough, else from the log.
   * Connecting, slow reading, reconnecting and the loss of a node all end here.
   */
  pump(reader: Reader): void {
    const follower = this.#follower;
    let turns = 0;
    while (reader.state === 'catchup' && reader.blockedAt === 0 && !reader.waiting) {
      if (reader.position >= follower.applied) return this.#goLive(reader);
      if (follower.applied - reader.position > this.#settings.limits.replayEvents) this.reset(reader, 'limit');
      else if (reader.position + 1 < follower.ring.oldest) void this.#pumpFromLog(reader);
      else if (turns >= CHUNKS_PER_TURN) this.#pumpLater(reader);
      else {
        turns += 1;
        const chunk = this.#piece(reader.group, reader.position, follower.applied, (seq) => follower.ring.at(seq));
        this.#counters.replayedFromRing += chunk.frames.length;
        this.#replay(reader, chunk);
      }
    }
  }

  /** Tells a reader that history is gone; it goes on from `from`, or from now. */
  reset(reader: Reader, reason: ResetReason, from = this.#follower.applied): void {
    this.#counters.resets[reason] += 1;
    this.#audit?.note(reader);
    reader.auditedSeq = from;
    reader.position = from;
    reader.sentSeq = from;
    reader.sentAt = this.#settings.clock.now();
    const cursor = this.#follower.cursorAt(from);
    this.mind(reader, reader.handControl('ps.reset', { reason, cursor }, { cursor }));
  }

  /** The follower went on behind a hole: whoever stands before it learns so when it is brought forward. */
  skip(readers: Iterable<Reader>, before: number): void {
    this.flush(before);
    for (const reader of readers) if (reader.state === 'live') this.demote(reader, before);
    this.flushed = this.#follower.applied;
    for (const reader of readers) this.pump(reader);
  }

  /** All positions are void. */
  restart(readers: Iterable<Reader>): void {
    this.flushed = this.#follower.applied;
    this.#pages.forget();
    this.#replays.forget();
    this.#dirty = [];
    for (const group of this.groups.all()) {
      group.pending = [];
      group.sentSeq = 0;
    }
    for (const reader of readers) {
      if (reader.state !== 'live' && reader.state !== 'catchup') continue;
      this.demote(reader, reader.position);
      this.reset(reader, 'epoch');
      this.pump(reader);
    }
  }

  /** Drops what matches from all that is about to be handed over, and from all that was read for it. */
  forget(match: (event: LogEvent) => boolean): void {
    this.#erasures += 1;
    this.#pages.forget();
    this.#replays.forget();
    this.groups.filters.forget();
    for (const group of this.#dirty) group.pending = group.pending.filter((frame) => !match(frame.event));
  }

  #goLive(reader: Reader): void {
    if (this.#flushing) return this.#pumpLater(reader);
    // What the group still waits for, this reader already has.
    if (this.flushed < this.#follower.applied) this.flush();
    reader.state = 'live';
    reader.group.enter(reader);
  }

  #pumpLater(reader: Reader): void {
    reader.waiting = true;
    setImmediate(() => {
      reader.waiting = false;
      this.pump(reader);
    });
  }

  #replay(reader: Reader, chunk: Chunk): void {
    const last = chunk.frames.at(-1);
    if (last) {
      const room = reader.hand(chunk);
      reader.sentSeq = last.seq;
      reader.sentAt = this.#settings.clock.now();
      reader.events += chunk.frames.length;
      reader.bytes += chunk.bytes.length;
      this.#counters.delivered += chunk.frames.length;
      this.#counters.bytes += chunk.bytes.length;
      this.mind(reader, room);
    }
    reader.position = chunk.upTo;
  }

  /** The next piece for a group: what it wants of the events behind `after`, up to `last` or as much as is handed at once. */
  #piece(group: Group, after: number, last: number, at: (seq: number) => Frame | null | undefined): Chunk {
    const recent = this.#replays.find(group, after);
    if (recent) return recent;
    const { chunkBytes } = this.#settings.limits;
    const frames: Frame[] = [];
    let size = 0;
    let upTo = after;
    // It ends where others' pieces begin, so that those who left at different moments share what follows.
    const end = Math.min(last, after - (after % EVENTS_PER_PIECE) + EVENTS_PER_PIECE);
    for (let seq = after + 1; seq <= end && size < chunkBytes; seq += 1) {
      const frame = at(seq);
      if (!frame) break;
      upTo = seq;
      if (!group.wants(frame)) continue;
      frames.push(frame);
      size += frame.size;
    }
    return this.#replays.make(group, after, frames, upTo);
  }

  async #pumpFromLog(reader: Reader): Promise<void> {
    const { epoch } = this.#follower;
    const { clock, onError } = this.#settings;
    const erasures = this.#erasures;
    reader.waiting = true;
    try {
      const frames = await this.#pages.read(reader.position, epoch);
      const stillWanted = epoch === this.#follower.epoch && erasures === this.#erasures && reader.state === 'catchup';
      if (stillWanted && !this.#replayPage(reader, frames)) await this.#resetIfForgotten(reader);
    } catch (error) {
      this.#counters.logErrors += 1;
      onError(error);
      await pause(clock, PAUSE_MAX_MS);
    }
    reader.waiting = false;
    this.pump(reader);
  }

  /** False when the page does not begin where the reader stands. */
  #replayPage(reader: Reader, frames: readonly Frame[]): boolean {
    const first = reader.position + 1;
    if (frames[0]?.seq !== first) return false;
    // The log may know more than the follower, which hears of it from another node; live readers will be handed that later.
    const last = Math.min((frames.at(-1) as Frame).seq, this.#follower.applied);
    while (reader.position < last && reader.blockedAt === 0 && reader.state === 'catchup') {
      const chunk = this.#piece(reader.group, reader.position, last, (seq) => frames[seq - first]);
      this.#counters.replayedFromLog += chunk.frames.length;
      this.#replay(reader, chunk);
    }
    return true;
  }

  async #resetIfForgotten(reader: Reader): Promise<void> {
    const { epoch } = this.#follower;
    const forgotten = await this.#follower.hasForgotten(reader.position + 1);
    if (epoch !== this.#follower.epoch || reader.state !== 'catchup') return;
    if (forgotten) this.reset(reader, 'expired');
    else await pause(this.#settings.clock, PAUSE_MIN_MS);
  }
}
