import type { Chunk, Group } from './group.ts';
import type { Frame } from './ring.ts';
import type { Transport } from './sink.ts';

export const NO_BYTES = Buffer.alloc(0);
const REMEMBERED = 16;
const REPLAYS = 10;

/** Joins frames into pieces of about `chunkBytes`; a frame larger than that goes alone. */
function cutChunks(frames: readonly Frame[], chunkBytes: number, upTo: number): Chunk[] {
  const chunks: Chunk[] = [];
  let from = 0;
  let size = 0;
  for (let at = 0; at < frames.length; at += 1) {
    const length = (frames[at] as Frame).bytes.length;
    if (at > from && size + length > chunkBytes) {
      const part = frames.slice(from, at);
      chunks.push({ frames: part, bytes: join(part), upTo: (part.at(-1) as Frame).seq });
      from = at;
      size = 0;
    }
    size += length;
  }
  const rest = from === 0 ? frames : frames.slice(from);
  chunks.push({ frames: rest, bytes: join(rest), upTo });
  return chunks;
}

/** Joins frames into one piece; readers of objects need no bytes. */
function asChunk(kind: Transport['kind'], frames: readonly Frame[], upTo: number): Chunk {
  return { frames, bytes: kind === 'objects' || frames.length === 0 ? NO_BYTES : join(frames), upTo };
}

/**
 * Cuts chunks, and answers with the same ones when the same frames come again: within one tick, groups of different
 * readers mostly receive the same events.
 */
export class SharedChunks {
  #recent: { frames: readonly Frame[]; chunks: Chunk[] }[] = [];
  readonly #chunkBytes: number;

  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  of(frames: readonly Frame[], upTo: number): Chunk[] {
    for (const recent of this.#recent) if (same(recent.frames, frames)) return recent.chunks;
    const chunks = cutChunks(frames, this.#chunkBytes, upTo);
    if (this.#recent.length < REMEMBERED) this.#recent.push({ frames, chunks });
    return chunks;
  }

  forget(): void {
    if (this.#recent.length > 0) this.#recent = [];
  }
}

/**
 * The last pieces of replay: in a storm of reconnects many ask for the same, and groups of different readers mostly for the
 * same events. A piece stays right when more events come, only shorter than it could be. Few, because each holds a chunk of
 * bytes; but more than one reader is handed in a turn, or a crowd that takes turns would find none.
 */
export class RecentReplays {
  #pieces: { group: Group; after: number; chunk: Chunk }[] = [];
  #chunks: Chunk[] = [];

  find(group: Group, after: number): Chunk | null {
    const piece = this.#pieces.find((one) => one.group === group && one.after === after);
    if (!piece) return null;
    touch(this.#pieces, piece);
    return piece.chunk;
  }

  /** A piece of these frames, with the bytes of another one where that is possible. */
  make(group: Group, after: number, frames: readonly Frame[], upTo: number): Chunk {
    const twin = this.#chunks.find((chunk) => chunk.bytes.length > 0 && same(chunk.frames, frames));
    const chunk =
      twin && group.kind === 'bytes' && frames.length > 0
        ? { frames: twin.frames, bytes: twin.bytes, upTo }
        : asChunk(group.kind, frames, upTo);
    if (twin) touch(this.#chunks, twin);
    else if (chunk.bytes.length > 0) keep(this.#chunks, chunk);
    keep(this.#pieces, { group, after, chunk });
    return chunk;
  }

  forget(): void {
    if (this.#pieces.length === 0) return;
    this.#pieces = [];
    this.#chunks = [];
  }
}

/** What is used again is the last to go. */
function touch<T>(list: T[], one: T): void {
  list.splice(list.indexOf(one), 1);
  list.unshift(one);
}

function keep<T>(list: T[], one: T): void {
  list.unshift(one);
  if (list.length > REPLAYS) list.pop();
}

function join(frames: readonly Frame[]): Buffer {
  const [only] = frames;
  return frames.length === 1 && only ? only.bytes : Buffer.concat(frames.map((frame) => frame.bytes));
}

function same(a: readonly Frame[], b: readonly Frame[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
