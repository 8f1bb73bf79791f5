import { type FileHandle, open } from 'node:fs/promises';
import type { LogEvent } from './log.ts';

// One place to begin reading is remembered for about this many bytes.
const INDEX_BYTES = 64 * 1024;
const READ_BYTES = 256 * 1024;
const HEADER_BYTES = 8;
// No record is larger; a length beyond it is no length.
const MAX_RECORD_BYTES = 256 * 1024 * 1024;

interface Mark {
  seq: number;
  time: number;
  offset: number;
}

/** One file of the log: records, each a batch of events that were committed together. */
export interface Segment {
  readonly path: string;
  /** The seq of its first event; also when it has none yet. */
  readonly first: number;
  readonly generation: number;
  /** The last committed seq; `first - 1` when there is none. */
  last: number;
  lastTime: number;
  /** Bytes that are committed; what lies beyond does not count. */
  bytes: number;
  marks: Mark[];
}

export function segmentName(first: number, generation: number): string {
  return `${String(first).padStart(16, '0')}.${generation}.log`;
}

export function parseSegmentName(name: string): { first: number; generation: number } | null {
  const parts = /^(\d{16})\.(\d+)\.log$/.exec(name);
  return parts ? { first: Number(parts[1]), generation: Number(parts[2]) } : null;
}

export function emptySegment(path: string, first: number, generation: number): Segment {
  return { path, first, generation, last: first - 1, lastTime: 0, bytes: 0, marks: [] };
}

/** Notes that a record with these events now ends the segment. */
export function extend(segment: Segment, events: readonly LogEvent[], recordBytes: number): void {
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) return;
  const mark = segment.marks.at(-1);
  if (!mark || segment.bytes - mark.offset >= INDEX_BYTES) {
    segment.marks.push({ seq: first.seq, time: first.time, offset: segment.bytes });
  }
  segment.last = last.seq;
  segment.lastTime = last.time;
  segment.bytes += recordBytes;
}

/**
 * Length and checksum, then for every event a line of JSON and its data. The checksum covers the batch, so that after a
 * crash it is there as a whole or not at all.
 */
export function encodeRecord(events: readonly LogEvent[]): Buffer {
  const parts: Buffer[] = [Buffer.alloc(HEADER_BYTES)];
  for (const { seq, time, stream, name, data, tags, about } of events) {
    const body = Buffer.from(data);
    parts.push(
      Buffer.from(`${JSON.stringify({ q: seq, t: time, s: stream, n: name, b: body.length, g: tags, a: about })}\n`),
    );
    parts.push(body);
  }
  const record = Buffer.concat(parts);
  record.writeUInt32LE(record.length - HEADER_BYTES, 0);
  record.writeUInt32LE(crc32(record, HEADER_BYTES, record.length), 4);
  return record;
}

/** What can be read of a segment from an offset on, record by record; ends at the first that is not whole. */
export async function* readRecords(
  segment: { path: string; bytes: number },
  from = 0,
): AsyncGenerator<{ events: LogEvent[]; offset: number; bytes: number }> {
  const file = await open(segment.path, 'r');
  try {
    let buffer: Buffer = Buffer.alloc(0);
    let at = from;
    while (at < segment.bytes) {
      const wanted = buffer.length >= HEADER_BYTES ? HEADER_BYTES + buffer.readUInt32LE(0) : HEADER_BYTES;
      if (wanted > MAX_RECORD_BYTES || at + wanted > segment.bytes) return;
      if (buffer.length < wanted) {
        const missing = Math.min(Math.max(wanted - buffer.length, READ_BYTES), segment.bytes - at - buffer.length);
        const more = await readFully(file, missing, at + buffer.length);
        if (more.length === 0) return;
        buffer = Buffer.concat([buffer, more]);
        continue;
      }
      const events = decodeRecord(buffer.subarray(0, wanted));
      if (!events) return;
      yield { events, offset: at, bytes: wanted };
      at += wanted;
      buffer = buffer.subarray(wanted);
    }
  } finally {
    await file.close();
  }
}

function decodeRecord(record: Buffer): LogEvent[] | null {
  if (crc32(record, HEADER_BYTES, record.length) !== record.readUInt32LE(4)) return null;
  const events: LogEvent[] = [];
  let at = HEADER_BYTES;
  while (at < record.length) {
    const end = record.indexOf(10, at);
    const head = JSON.parse(record.toString('utf8', at, end));
    const event: LogEvent = {
      seq: head.q,
      time: head.t,
      stream: head.s,
      name: head.n,
      data: record.toString('utf8', end + 1, end + 1 + head.b),
    };
    if (head.g) event.tags = head.g;
    if (head.a) event.about = head.a;
    events.push(event);
    at = end + 1 + head.b;
  }
  return events.length > 0 ? events : null;
}

async function readFully(file: FileHandle, length: number, position: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** The last mark for which `before` holds, where all marks after it do not; else the start. */
export function startAt(segment: Segment, before: (mark: Mark) => boolean): number {
  let low = 0;
  let high = segment.marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(segment.marks[middle] as Mark)) low = middle + 1;
    else high = middle;
  }
  return segment.marks[low - 1]?.offset ?? 0;
}

const TABLE = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Buffer, from: number, to: number): number {
  let value = 0xffffffff;
  for (let at = from; at < to; at += 1)
    value = (TABLE[(value ^ (bytes[at] as number)) & 0xff] as number) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
