import { compileTest, type FilterableEvent, type Subject, type Test } from './compile-filter.ts';
import type { Counters } from './counters.ts';
import { checkFilter, type Filter, filterKey } from './filter.ts';
import type { Frame } from './ring.ts';

/** The filters of one hub: readers who want the same share one, and it is asked once about an event, whoever reads. */
export class SharedFilters {
  readonly #byKey = new Map<string, SharedFilter>();
  // What servers enforce is often one object for many readers.
  readonly #checked = new WeakMap<Filter, { filter: Filter; key: string }>();
  readonly #current: CurrentFrame = new CurrentFrame();
  readonly #counters: Counters;

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** Throws a `FilterError`. */
  join(given: Filter): SharedFilter {
    const { filter, key } = this.#check(given);
    let shared = this.#byKey.get(key);
    if (!shared) {
      shared = new SharedFilter(key, filter, this.#current, this.#counters);
      this.#byKey.set(key, shared);
    }
    shared.members += 1;
    return shared;
  }

  part(shared: SharedFilter): void {
    shared.members -= 1;
    if (shared.members === 0) this.#byKey.delete(shared.key);
  }

  /** Keeps nothing of the events that were looked at last. */
  forget(): void {
    this.#current.forget();
    for (const shared of this.#byKey.values()) shared.forget();
  }

  #check(given: Filter): { filter: Filter; key: string } {
    let checked = this.#checked.get(given);
    if (!checked) {
      const filter = checkFilter(given);
      checked = { filter, key: filterKey(filter) };
      this.#checked.set(given, checked);
    }
    return checked;
  }
}

export class SharedFilter {
  readonly key: string;
  readonly filter: Filter;
  members = 0;
  readonly test: Test;
  readonly #current: CurrentFrame;
  readonly #counters: Counters;
  #asked: Frame | null = null;
  #answer = false;

  constructor(key: string, filter: Filter, current: CurrentFrame, counters: Counters) {
    this.key = key;
    this.filter = filter;
    this.test = compileTest(filter);
    this.#current = current;
    this.#counters = counters;
  }

  passes(frame: Frame): boolean {
    if (this.#asked === frame) return this.#answer;
    this.#current.look(frame);
    const answer = this.test(this.#current);
    this.#asked = frame;
    this.#answer = answer;
    this.#counters.filterEvals += 1;
    if (!answer) this.#counters.filterDropped += 1;
    return answer;
  }

  forget(): void {
    this.#asked = null;
  }
}

/** The event that all filters are being asked about, so that its content is read once for all of them. */
class CurrentFrame implements Subject {
  #frame: Frame | null = null;
  #content: { value: unknown } | null = null;

  get event(): FilterableEvent {
    return (this.#frame as Frame).event;
  }

  get content(): unknown {
    this.#content ??= (this.#frame as Frame).content;
    return this.#content.value;
  }

  look(frame: Frame): void {
    if (this.#frame === frame) return;
    this.#frame = frame;
    this.#content = null;
  }

  forget(): void {
    this.#frame = null;
    this.#content = null;
  }
}
