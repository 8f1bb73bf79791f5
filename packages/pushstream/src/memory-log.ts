import { createEpoch } from './cursor.ts';
import { type AppendableLog, erased, type LogEvent, type NewEvent } from './log.ts';

export interface MemoryLogOptions {
  /** Events kept. Default: 10,000. */
  keep?: number;
  epoch?: string;
  now?: () => number;
}

export interface MemoryLog extends AppendableLog {
  append(event: NewEvent): LogEvent;
  append(events: readonly NewEvent[]): Promise<LogEvent[]>;
}

/**
 * A log that lives as long as the process: enough for one server without a database. After a restart it has another
 * epoch, so readers with an old cursor hear `ps.reset` and fetch their state anew.
 */
export function createMemoryLog(options: MemoryLogOptions = {}): MemoryLog {
  const epoch = options.epoch ?? createEpoch();
  const keep = options.keep ?? 10_000;
  const now = options.now ?? Date.now;
  let events: LogEvent[] = [];
  let head = 0;
  let lastTime = 0;

  const oldest = () => Math.max(1, head - keep + 1);

  function appendOne(event: NewEvent): LogEvent {
    head += 1;
    // A clock may be set back; the order of the log stands, so that it can be searched by time.
    lastTime = Math.max(lastTime, now());
    const committed: LogEvent = { seq: head, ...event, time: lastTime };
    events.push(committed);
    // Cut in pieces: shifting an array for every event costs more than keeping it a little longer.
    if (events.length >= 2 * keep) events = events.slice(events.length - keep);
    return committed;
  }

  function append(event: NewEvent): LogEvent;
  function append(events: readonly NewEvent[]): Promise<LogEvent[]>;
  function append(given: NewEvent | readonly NewEvent[]): LogEvent | Promise<LogEvent[]> {
    return isList(given) ? Promise.resolve(given.map(appendOne)) : appendOne(given);
  }

  return {
    append,
    async head() {
      return { epoch, head, oldest: oldest() };
    },
    async read(after, limit) {
      const from = Math.max(after + 1, oldest());
      const first = events[0]?.seq ?? 1;
      return events.slice(from - first, from - first + limit);
    },
    async seek(timeMs) {
      let low = oldest() - 1;
      let high = head;
      const first = events[0]?.seq ?? 1;
      while (low < high) {
        const middle = low + Math.floor((high - low) / 2);
        if ((events[middle + 1 - first]?.time ?? 0) >= timeMs) high = middle;
        else low = middle + 1;
      }
      return low;
    },
    async erase(match) {
      let count = 0;
      for (const [index, event] of events.entries()) {
        if (event.stream === '' || !match(event)) continue;
        events[index] = erased(event);
        count += 1;
      }
      return count;
    },
  };
}

function isList(given: NewEvent | readonly NewEvent[]): given is readonly NewEvent[] {
  return Array.isArray(given);
}
