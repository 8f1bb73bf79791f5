import { parseContent } from './compile-filter.ts';
import { encodeEvent } from './frame.ts';
import { erased, type LogEvent } from './log.ts';
import type { StreamEvent } from './sink.ts';

/** One event as the hub keeps it: encoded once for all byte readers, and one object for all object readers. */
export class Frame {
  readonly event: LogEvent;
  readonly seq: number;
  readonly stream: string;
  readonly cursor: string;
  #bytes: Buffer | null = null;
  #message: StreamEvent | null = null;
  #content: WeakRef<{ value: unknown }> | null = null;

  constructor(event: LogEvent, cursor: string) {
    this.event = event;
    this.seq = event.seq;
    this.stream = event.stream;
    this.cursor = cursor;
  }

  get bytes(): Buffer {
    this.#bytes ??= encodeEvent(this.event.name, this.event.data, this.cursor);
    return this.#bytes;
  }

  get message(): StreamEvent {
    if (!this.#message) {
      const { seq, stream, name, data, time } = this.event;
      this.#message = { kind: 'event', cursor: this.cursor, seq, stream, name, data, time };
    }
    return this.#message;
  }

  /** What the data says. Held no longer than memory allows: it is larger than the text, and only filters look at it. */
  get content(): { value: unknown } {
    let content = this.#content?.deref();
    if (!content) {
      content = { value: parseContent(this.event.data) };
      this.#content = new WeakRef(content);
    }
    return content;
  }

  /** About as many bytes as it has on the wire. */
  get size(): number {
    return this.event.data.length + 64;
  }

  /** What it may occupy: text and bytes, and something for the objects around them. */
  get weight(): number {
    return 2 * this.event.data.length + 256;
  }
}

/**
 * The most recent frames of one log, without gaps, bounded in number and weight. Short absences are replayed from here,
 * so a storm of reconnects never reaches the log behind it.
 */
export class Ring {
  #frames: (Frame | undefined)[] = [];
  #first = 0;
  #weight = 0;
  readonly #maxEvents: number;
  readonly #maxBytes: number;

  constructor(maxEvents: number, maxBytes: number) {
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#frames.length - this.#first;
  }

  get weight(): number {
    return this.#weight;
  }

  /** The lowest seq held, or `Infinity` when empty. */
  get oldest(): number {
    return this.#frames[this.#first]?.seq ?? Number.POSITIVE_INFINITY;
  }

  push(frame: Frame): void {
    this.#frames.push(frame);
    this.#weight += frame.weight;
    while (this.size > this.#maxEvents || (this.#weight > this.#maxBytes && this.size > 1)) this.#shift();
  }

  /** The frame with this seq, when it is still held. */
  at(seq: number): Frame | undefined {
    const first = this.#frames[this.#first];
    return first && seq >= first.seq ? this.#frames[this.#first + seq - first.seq] : undefined;
  }

  /** Empties the events that match; the others keep their places. Returns how many there were. */
  erase(match: (event: LogEvent) => boolean): number {
    let count = 0;
    for (let at = this.#first; at < this.#frames.length; at += 1) {
      const frame = this.#frames[at];
      if (!frame || frame.stream === '' || !match(frame.event)) continue;
      const empty = new Frame(erased(frame.event), frame.cursor);
      this.#weight += empty.weight - frame.weight;
      this.#frames[at] = empty;
      count += 1;
    }
    return count;
  }

  clear(): void {
    this.#frames = [];
    this.#first = 0;
    this.#weight = 0;
  }

  #shift(): void {
    const frame = this.#frames[this.#first];
    if (!frame) return;
    this.#frames[this.#first] = undefined;
    this.#weight -= frame.weight;
    this.#first += 1;
    // Moving the array now and then keeps shifting cheap and the array no longer than twice what it holds.
    if (this.#first > 1024 && this.#first * 2 > this.#frames.length) {
      this.#frames = this.#frames.slice(this.#first);
      this.#first = 0;
    }
  }
}
