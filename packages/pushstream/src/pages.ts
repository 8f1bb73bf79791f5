import { formatCursor } from './cursor.ts';
import type { StreamLog } from './log.ts';
import { Frame } from './ring.ts';

// A crowd that reads its way through a longer absence spreads over many pages. What it falls out of is read and encoded anew.
const KEPT_BYTES = 4 * 1024 * 1024;

/**
 * Reads the log in pages that begin at fixed places, so that readers who are behind share what is read and encoded, and
 * a crowd asking for the same page costs one query.
 */
export class Pages {
  readonly #log: StreamLog;
  readonly #limit: number;
  #kept = new Map<number, Kept>();
  #underway = new Map<number, Promise<Frame[]>>();

  constructor(log: StreamLog, limit: number) {
    this.#log = log;
    this.#limit = limit;
  }

  /**
   * Frames after `after`. They begin later than `after + 1` when history is gone; there are none when the page was asked for
   * before they were committed, and asking again will find them.
   */
  async read(after: number, epoch: string): Promise<Frame[]> {
    const start = after - (after % this.#limit);
    const kept = this.#kept.get(start);
    if (kept) {
      // Used again: the last to go.
      this.#kept.delete(start);
      this.#kept.set(start, kept);
    }
    return beyond(kept?.frames ?? (await this.#fetch(start, epoch)), after);
  }

  forget(): void {
    this.#kept = new Map();
    this.#underway = new Map();
  }

  #fetch(start: number, epoch: string): Promise<Frame[]> {
    let page = this.#underway.get(start);
    if (!page) {
      // Held by name: after `forget` there are new maps, and what was read before must not enter them.
      const underway = this.#underway;
      const kept = this.#kept;
      page = this.#log
        .read(start, this.#limit)
        .then((events) => this.#keep(kept, start, this.#encode(events, epoch)))
        .finally(() => underway.delete(start));
      underway.set(start, page);
    }
    return page;
  }

  #encode(events: readonly Frame['event'][], epoch: string): Frame[] {
    return events.map((event) => new Frame(event, formatCursor({ epoch, seq: event.seq })));
  }

  #keep(kept: Map<number, Kept>, start: number, frames: Frame[]): Frame[] {
    // A page that is not full will grow.
    if (frames.length < this.#limit || frames[0]?.seq !== start + 1) return frames;
    kept.set(start, { frames, weight: frames.reduce((sum, frame) => sum + frame.weight, 0) });
    let weight = 0;
    for (const page of kept.values()) weight += page.weight;
    for (const [oldest, page] of kept) {
      if (weight <= KEPT_BYTES || kept.size === 1) break;
      kept.delete(oldest);
      weight -= page.weight;
    }
    return frames;
  }
}

interface Kept {
  frames: Frame[];
  weight: number;
}

function beyond(frames: Frame[], after: number): Frame[] {
  const from = frames.findIndex((frame) => frame.seq > after);
  return from <= 0 ? (from === 0 ? frames : []) : frames.slice(from);
}
