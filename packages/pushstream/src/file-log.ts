import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AckStore } from './acks.ts';
import { openFileAcks } from './file-acks.ts';
import { type DirectoryLock, lockDirectory } from './file-lock.ts';
import { createSegment, damaged, openEpoch, openSegments, syncDirectory, writeFully } from './file-open.ts';
import { emptySegment, encodeRecord, extend, readRecords, type Segment, segmentName, startAt } from './file-segment.ts';
import { type AppendableLog, erased, type LogEvent, type LogHead, type NewEvent } from './log.ts';

export interface FileLogOptions {
  /** Created when missing. Belongs to one process at a time. */
  directory: string;
  /** Events kept at least, bytes kept at most, and how long. What is too much goes a segment at a time. Default: all. */
  keepEvents?: number;
  keepBytes?: number;
  keepMs?: number;
  /** Size at which a file is closed and another begun. Default: 16 MiB. */
  segmentBytes?: number;
  now?: () => number;
}

export interface FileLog extends AppendableLog {
  /** Keeps acknowledgements in the same directory. */
  readonly acks: AckStore;
  close(): Promise<void>;
}

interface Waiting {
  events: readonly NewEvent[];
  resolve: (events: LogEvent[]) => void;
  reject: (error: Error) => void;
}

// What is committed together; more waits for the next turn.
const BATCH_BYTES = 4 * 1024 * 1024;
const RETENTION_MS = 10_000;

/**
 * A log in files, for one server without a database. `append` resolves after the operating system says that the events
 * are on the disk; calls that come together share that wait. After a crash everything acknowledged is there, nothing is
 * there by half, and readers resume with the cursors they have.
 *
 * ```ts
 * const log = await createFileLog({ directory: './events', keepMs: 7 * 86_400_000 });
 * const stream = createPushStream({ log, acks: log.acks });
 * ```
 */
export async function createFileLog(options: FileLogOptions): Promise<FileLog> {
  await mkdir(options.directory, { recursive: true });
  const lock = await lockDirectory(options.directory);
  try {
    const epoch = await openEpoch(options.directory);
    const segments = await openSegments(options.directory);
    const acks = await openFileAcks(join(options.directory, 'acks'));
    const log = new SegmentedLog(options, epoch, segments, lock, acks);
    await log.begin();
    return log;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class SegmentedLog implements FileLog {
  readonly acks: AckStore & { close(): Promise<void> };
  readonly #directory: string;
  readonly #options: FileLogOptions;
  readonly #epoch: string;
  readonly #lock: DirectoryLock;
  readonly #now: () => number;
  /** The oldest first; only the last is written to. */
  #segments: Segment[];
  #file: FileHandle | null = null;
  #waiting: Waiting[] = [];
  /** Whatever changes files happens one after the other. */
  #working: Promise<unknown> = Promise.resolve();
  #writing = false;
  #closed = false;
  #broken: Error | null = null;
  #retention: NodeJS.Timeout | null = null;

  constructor(
    options: FileLogOptions,
    epoch: string,
    segments: Segment[],
    lock: DirectoryLock,
    acks: AckStore & { close(): Promise<void> },
  ) {
    this.#directory = options.directory;
    this.#options = options;
    this.#epoch = epoch;
    this.#segments = segments;
    this.#lock = lock;
    this.#now = options.now ?? Date.now;
    this.acks = acks;
  }

  async begin(): Promise<void> {
    this.#file = await open(this.#active.path, 'r+');
    await this.#retain();
    const timer = setInterval(() => void this.#inTurn(() => this.#retain()).catch(() => {}), RETENTION_MS);
    timer.unref();
    this.#retention = timer;
  }

  // ---- reading

  async head(): Promise<LogHead> {
    return { epoch: this.#epoch, head: this.#active.last, oldest: (this.#segments[0] as Segment).first };
  }

  async read(after: number, limit: number): Promise<LogEvent[]> {
    const found: LogEvent[] = [];
    let next = after + 1;
    for (let at = this.#find(next); at >= 0 && found.length < limit; at = this.#find(next)) {
      const segment = this.#segments[at] as Segment;
      try {
        await this.#readFrom(segment, next, limit, found);
      } catch (error) {
        // It was replaced or removed between being found and being opened.
        if (this.#segments.includes(segment)) throw error;
      }
      next = (found.at(-1)?.seq ?? next - 1) + 1;
    }
    return found;
  }

  async seek(timeMs: number): Promise<number> {
    const segment = this.#segments.find((one) => one.last >= one.first && one.lastTime >= timeMs);
    if (!segment) return this.#active.last;
    const from = startAt(segment, (mark) => mark.time < timeMs);
    try {
      for await (const { events } of readRecords({ path: segment.path, bytes: segment.bytes }, from)) {
        const event = events.find((one) => one.time >= timeMs);
        if (event) return event.seq - 1;
      }
    } catch (error) {
      if (this.#segments.includes(segment)) throw error;
      return this.seek(timeMs);
    }
    throw damaged(segment);
  }

  /** The segment to look for this seq in, or the first after it; -1 when it is not committed yet. */
  #find(seq: number): number {
    return seq > this.#active.last ? -1 : this.#segments.findIndex((segment) => segment.last >= seq);
  }

  async #readFrom(segment: Segment, next: number, limit: number, found: LogEvent[]): Promise<void> {
    const { last } = segment;
    const from = startAt(segment, (mark) => mark.seq <= next);
    let seen = 0;
    for await (const { events } of readRecords({ path: segment.path, bytes: segment.bytes }, from)) {
      for (const event of events) {
        if (event.seq >= next && found.length < limit) found.push(event);
        seen = event.seq;
      }
      if (found.length >= limit || seen >= last) return;
    }
    throw damaged(segment);
  }

  // ---- writing

  append(events: readonly NewEvent[]): Promise<LogEvent[]> {
    if (this.#closed) return Promise.reject(new Error(`The log in ${this.#directory} is closed.`));
    if (events.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, resolve, reject });
      if (this.#writing) return;
      this.#writing = true;
      void this.#inTurn(() => this.#writeTurn());
    });
  }

  async #writeTurn(): Promise<void> {
    // What is published in this turn of the event loop goes into one write.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      await this.#retain();
    } catch {
      // What is kept too long is tried again; what is published now need not wait for it.
    }
    await this.#writeBatch();
    this.#writing = this.#waiting.length > 0;
    // In a turn of its own, so that erasing gets one between.
    if (this.#writing) void this.#inTurn(() => this.#writeTurn());
  }

  async #writeBatch(): Promise<void> {
    const segment = this.#active;
    const time = Math.max(this.#now(), this.#lastTime);
    const batch: { waiting: Waiting; events: LogEvent[]; bytes: number }[] = [];
    const records: Buffer[] = [];
    let seq = segment.last;
    let bytes = 0;
    for (const waiting of this.#waiting) {
      if (bytes >= BATCH_BYTES) break;
      const events = waiting.events.map((event): LogEvent => {
        seq += 1;
        return { seq, ...event, time };
      });
      const record = encodeRecord(events);
      records.push(record);
      batch.push({ waiting, events, bytes: record.length });
      bytes += record.length;
    }
    this.#waiting.splice(0, batch.length);
    try {
      await this.#commit(segment, Buffer.concat(records));
    } catch (error) {
      const reason = new Error(
        `The log in ${this.#directory} could not be written (${(error as Error).message}); nothing of this was published. Make room on the disk and publish again.`,
        { cause: error },
      );
      for (const { waiting } of batch) waiting.reject(reason);
      return;
    }
    for (const { events, bytes: recordBytes } of batch) extend(segment, events, recordBytes);
    for (const { waiting, events } of batch) waiting.resolve(events);
  }

  async #commit(segment: Segment, bytes: Buffer): Promise<void> {
    if (this.#broken) throw this.#broken;
    const file = this.#file as FileHandle;
    try {
      await writeFully(file, bytes, segment.bytes);
      await file.datasync();
    } catch (error) {
      try {
        await file.truncate(segment.bytes);
        await file.datasync();
      } catch (second) {
        // Nobody knows what is behind the end now. It is looked at when the log is opened again.
        this.#broken = second as Error;
      }
      throw error;
    }
  }

  // ---- files come and go

  get #active(): Segment {
    return this.#segments.at(-1) as Segment;
  }

  get #lastTime(): number {
    for (const segment of this.#segments.toReversed()) if (segment.lastTime > 0) return segment.lastTime;
    return 0;
  }

  async #roll(): Promise<void> {
    const segment = await createSegment(this.#directory, this.#active.last + 1, 0);
    const file = await open(segment.path, 'r+');
    const before = this.#file;
    this.#segments = [...this.#segments, segment];
    this.#file = file;
    await before?.close();
  }

  async #retain(): Promise<void> {
    const { segmentBytes = 16 * 1024 * 1024, keepMs, keepBytes, keepEvents } = this.#options;
    const active = this.#active;
    const age = this.#now() - (active.marks[0]?.time ?? Number.POSITIVE_INFINITY);
    // Often enough that what is too old is not held by what is new.
    if (active.bytes >= segmentBytes || (keepMs !== undefined && age > keepMs / 8)) await this.#roll();
    let bytes = this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
    for (const segment of this.#segments.slice(0, -1)) {
      const next = segment.last + 1;
      const tooOld = keepMs !== undefined && segment.lastTime < this.#now() - keepMs;
      const tooLarge = keepBytes !== undefined && bytes > keepBytes;
      const tooMany = keepEvents !== undefined && this.#active.last - next + 1 >= keepEvents;
      if (!tooOld && !tooLarge && !tooMany) return;
      this.#segments = this.#segments.slice(1);
      bytes -= segment.bytes;
      await rm(segment.path, { force: true });
    }
  }

  // ---- erasing

  async erase(match: (event: LogEvent) => boolean): Promise<number> {
    return this.#inTurn(async () => {
      let count = 0;
      for (const segment of this.#segments) count += await this.#eraseFrom(segment, match);
      return count;
    });
  }

  /** Writes the segment anew without what matches, and puts it in the place of the old one. */
  async #eraseFrom(segment: Segment, match: (event: LogEvent) => boolean): Promise<number> {
    const matches = (event: LogEvent) => event.stream !== '' && match(event);
    let count = 0;
    for await (const { events } of readRecords(segment)) count += events.filter(matches).length;
    if (count === 0) return 0;
    const path = join(this.#directory, segmentName(segment.first, segment.generation + 1));
    const rewritten = emptySegment(path, segment.first, segment.generation + 1);
    const file = await open(`${path}.new`, 'w');
    try {
      for await (const { events } of readRecords(segment)) {
        const kept = events.map((event) => (matches(event) ? erased(event) : event));
        const record = encodeRecord(kept);
        await writeFully(file, record, rewritten.bytes);
        extend(rewritten, kept, record.length);
      }
      if (rewritten.last !== segment.last) throw damaged(segment);
      await file.sync();
    } catch (error) {
      await file.close();
      await rm(`${path}.new`, { force: true });
      throw error;
    }
    await file.close();
    await rename(`${path}.new`, path);
    await syncDirectory(this.#directory);
    if (segment === this.#active) {
      const before = this.#file;
      this.#file = await open(path, 'r+');
      await before?.close();
    }
    this.#segments = this.#segments.map((one) => (one === segment ? rewritten : one));
    await rm(segment.path, { force: true });
    await syncDirectory(this.#directory);
    return count;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#retention) clearInterval(this.#retention);
    await this.#inTurn(async () => {
      await this.acks.close();
      await this.#file?.close();
      await this.#lock.release();
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#working.then(act, act);
    this.#working = done.catch(() => {});
    return done;
  }
}
