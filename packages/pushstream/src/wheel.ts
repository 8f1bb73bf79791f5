import type { Clock } from './clock.ts';

/** Something that wants to be called at a time; the links belong to the wheel. */
export interface Spoke {
  dueAt: number;
  wheelNext: Spoke | null;
  wheelPrev: Spoke | null;
  /** Called when due. Returns when it wants to be called again, or 0 for never. */
  due(now: number): number;
}

const SLOTS = 512;

/**
 * One timer for all connections: a timer each would cost more than the connections themselves. Entering, leaving and
 * being called cost the same however many there are. Nobody is called early; lateness is less than two ticks.
 */
export class Wheel {
  readonly #clock: Clock;
  readonly #tickMs: number;
  // Each slot is a ring of spokes around a head, so that a spoke can leave without being searched for.
  readonly #slots: Head[] = [];
  #size = 0;
  #lastTick = 0;
  #stop: (() => void) | null = null;

  constructor(clock: Clock, tickMs: number) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    for (let slot = 0; slot < SLOTS; slot += 1) this.#slots.push(new Head());
  }

  get size(): number {
    return this.#size;
  }

  add(spoke: Spoke, dueAt: number): void {
    if (spoke.wheelNext) this.remove(spoke);
    if (!this.#stop) {
      this.#lastTick = Math.floor(this.#clock.now() / this.#tickMs);
      this.#stop = this.#clock.every(this.#tickMs, () => this.#turn());
    }
    spoke.dueAt = dueAt;
    this.#link(spoke);
    this.#size += 1;
  }

  remove(spoke: Spoke): void {
    if (!spoke.wheelNext || !spoke.wheelPrev) return;
    unlink(spoke);
    this.#size -= 1;
    if (this.#size === 0) {
      this.#stop?.();
      this.#stop = null;
    }
  }

  #link(spoke: Spoke): void {
    const tick = Math.max(Math.ceil(spoke.dueAt / this.#tickMs), this.#lastTick + 1);
    const head = this.#slots[tick % SLOTS] as Head;
    spoke.wheelPrev = head.wheelPrev;
    spoke.wheelNext = head;
    (head.wheelPrev as Spoke).wheelNext = spoke;
    head.wheelPrev = spoke;
  }

  #turn(): void {
    const now = this.#clock.now();
    const tick = Math.floor(now / this.#tickMs);
    // After a long pause one turn around the wheel meets every spoke; more would meet them again.
    const from = Math.max(this.#lastTick + 1, tick - SLOTS + 1);
    this.#lastTick = tick;
    for (let at = from; at <= tick && this.#stop; at += 1) this.#visit(this.#slots[at % SLOTS] as Head, now);
  }

  #visit(head: Head, now: number): void {
    // The slot is emptied first: what is called may add spokes to this very slot, or remove its neighbours.
    const due = new Head();
    if (head.wheelNext === head) return;
    due.wheelNext = head.wheelNext;
    due.wheelPrev = head.wheelPrev;
    due.wheelNext.wheelPrev = due;
    due.wheelPrev.wheelNext = due;
    head.wheelNext = head;
    head.wheelPrev = head;
    while (due.wheelNext !== due) {
      const spoke = due.wheelNext;
      unlink(spoke);
      if (spoke.dueAt > now) {
        this.#link(spoke);
        continue;
      }
      this.#size -= 1;
      const next = spoke.due(now);
      if (next > 0 && !spoke.wheelNext) this.add(spoke, next);
    }
    if (this.#size === 0) {
      this.#stop?.();
      this.#stop = null;
    }
  }
}

class Head implements Spoke {
  dueAt = 0;
  wheelNext: Spoke = this;
  wheelPrev: Spoke = this;
  due(): number {
    return 0;
  }
}

function unlink(spoke: Spoke): void {
  (spoke.wheelPrev as Spoke).wheelNext = spoke.wheelNext;
  (spoke.wheelNext as Spoke).wheelPrev = spoke.wheelPrev;
  spoke.wheelNext = null;
  spoke.wheelPrev = null;
}

const wheels = new WeakMap<Clock, Map<number, Wheel>>();

/** The wheel all hubs of one clock share: a process may have a hub for each of its tenants, but needs one timer. */
export function sharedWheel(clock: Clock, tickMs: number): Wheel {
  let ofClock = wheels.get(clock);
  if (!ofClock) wheels.set(clock, (ofClock = new Map()));
  let wheel = ofClock.get(tickMs);
  if (!wheel) ofClock.set(tickMs, (wheel = new Wheel(clock, tickMs)));
  return wheel;
}
