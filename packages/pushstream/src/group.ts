import type { Counters } from './counters.ts';
import type { Filter } from './filter.ts';
import type { Reader } from './reader.ts';
import type { Frame } from './ring.ts';
import { type SharedFilter, SharedFilters } from './shared-filters.ts';
import type { Transport } from './sink.ts';

/** A run of frames ready to be handed over: to every reader of a group, the same bytes. */
export interface Chunk {
  frames: readonly Frame[];
  bytes: Buffer;
  /** Having this chunk, a reader has everything up to here. */
  upTo: number;
}

/** Readers of the same streams with the same filter over the same kind of transport. What one receives, all receive: it is prepared once. */
export class Group {
  readonly key: string;
  readonly kind: Transport['kind'];
  readonly streams: readonly string[];
  readonly filter: SharedFilter | null;
  /** Readers that have everything; the others look for themselves in the ring or the log. */
  readonly live: Reader[] = [];
  members = 0;
  /** Applied, but not yet handed over. */
  pending: Frame[] = [];
  /** The last id all live readers were told, and when. */
  sentSeq = 0;
  sentAt = 0;
  /** Handed to every live reader since this group began; a reader's own figures are kept as differences to these. */
  events = 0;
  bytes = 0;
  readonly #wanted: ReadonlySet<string> | null;

  constructor(key: string, kind: Transport['kind'], streams: readonly string[], filter: SharedFilter | null) {
    this.key = key;
    this.kind = kind;
    this.streams = streams;
    this.filter = filter;
    this.#wanted = streams.length > 8 ? new Set(streams) : null;
  }

  wants(frame: Frame): boolean {
    return this.reads(frame.stream) && this.passes(frame);
  }

  reads(stream: string): boolean {
    return this.#wanted ? this.#wanted.has(stream) : this.streams.includes(stream);
  }

  passes(frame: Frame): boolean {
    return this.filter === null || this.filter.passes(frame);
  }

  enter(reader: Reader): void {
    reader.liveIndex = this.live.push(reader) - 1;
    reader.events -= this.events;
    reader.bytes -= this.bytes;
  }

  leave(reader: Reader): void {
    const index = reader.liveIndex;
    if (index < 0) return;
    reader.liveIndex = -1;
    reader.events += this.events;
    reader.bytes += this.bytes;
    const last = this.live.pop();
    if (!last || last === reader) return;
    this.live[index] = last;
    last.liveIndex = index;
  }
}

/** Finds groups by what they read. */
export class Groups {
  readonly filters: SharedFilters;
  readonly #byKey = new Map<string, Group>();
  // Most streams of users have one group only, and a set for each would cost more than the group.
  readonly #byStream = new Map<string, Group | Set<Group>>();

  constructor(counters: Counters) {
    this.filters = new SharedFilters(counters);
  }

  get size(): number {
    return this.#byKey.size;
  }

  all(): IterableIterator<Group> {
    return this.#byKey.values();
  }

  /** Throws a `FilterError`. */
  join(kind: Transport['kind'], streams: readonly string[], filter?: Filter): Group {
    const shared = filter ? this.filters.join(filter) : null;
    const sorted = [...new Set(streams)].sort();
    // What was erased is on the stream without a name.
    if (sorted[0] === '') sorted.shift();
    const key = `${kind}\n${shared?.key ?? ''}\n${sorted.join('\n')}`;
    let group = this.#byKey.get(key);
    if (!group) {
      group = new Group(key, kind, sorted, shared);
      this.#byKey.set(key, group);
      for (const stream of sorted) this.#index(stream, group);
    } else if (shared) this.filters.part(shared);
    group.members += 1;
    return group;
  }

  part(group: Group): void {
    group.members -= 1;
    if (group.members > 0) return;
    this.#byKey.delete(group.key);
    if (group.filter) this.filters.part(group.filter);
    for (const stream of group.streams) this.#unindex(stream, group);
  }

  /** Calls `visit` for every group that reads the stream. */
  reading(stream: string, visit: (group: Group) => void): void {
    const found = this.#byStream.get(stream);
    if (!found) return;
    if (found instanceof Group) visit(found);
    else for (const group of found) visit(group);
  }

  #index(stream: string, group: Group): void {
    const found = this.#byStream.get(stream);
    if (!found) this.#byStream.set(stream, group);
    else if (found instanceof Group) this.#byStream.set(stream, new Set([found, group]));
    else found.add(group);
  }

  #unindex(stream: string, group: Group): void {
    const found = this.#byStream.get(stream);
    if (found instanceof Set && found.size > 1) found.delete(group);
    else this.#byStream.delete(stream);
  }
}
