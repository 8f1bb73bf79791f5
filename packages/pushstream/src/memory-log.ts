import { createEpoch } from './cursor.ts';
import type { LogEvent, StreamLog } from './log.ts';

export interface MemoryLogOptions {
  /** Events kept. Default: 10,000. */
  keep?: number;
  epoch?: string;
  now?: () => number;
}

export interface MemoryLog extends StreamLog {
  append(event: { stream: string; name: string; data: string }): LogEvent;
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

  const oldest = () => Math.max(1, head - keep + 1);

  return {
    append(event) {
      head += 1;
      const committed: LogEvent = { seq: head, ...event, time: now() };
      events.push(committed);
      // Cut in pieces: shifting an array for every event costs more than keeping it a little longer.
      if (events.length >= 2 * keep) events = events.slice(events.length - keep);
      return committed;
    },
    async head() {
      return { epoch, head, oldest: oldest() };
    },
    async read(after, limit) {
      const from = Math.max(after + 1, oldest());
      const first = events[0]?.seq ?? 1;
      return events.slice(from - first, from - first + limit);
    },
  };
}
