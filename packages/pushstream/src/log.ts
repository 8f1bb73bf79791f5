export type Tags = Readonly<Record<string, string | number | boolean>>;

/** One event as it is given to a log. */
export interface NewEvent {
  /** Whom it concerns: connections that read this stream receive it. Nobody can read the empty one. */
  stream: string;
  /** `domain.action`. */
  name: string;
  /** JSON text, passed on as it is. */
  data: string;
  /** For filters; not sent to readers. */
  tags?: Tags;
  /** The persons it tells something about, so that it can be erased with them; not sent to readers. */
  about?: readonly string[];
}

/** One committed event of a log. */
export interface LogEvent extends NewEvent {
  /** Position in the log; the first event has 1, and every next one exactly one more. */
  seq: number;
  /** When it was committed, in milliseconds since 1970. */
  time: number;
}

export interface LogHead {
  /** 6 to 8 of [A-Za-z0-9]; changes when the sequence may have gone back, for instance after a restore. */
  epoch: string;
  /** The highest committed seq; 0 while the log is empty. */
  head: number;
  /** The lowest seq still readable; `head + 1` when nothing is. */
  oldest: number;
}

/**
 * One ordered, gap-free sequence of committed events, the only truth a hub trusts.
 *
 * Promises: an event that was once readable never changes its seq; `head` is never behind an event already handed to
 * `hub.apply`; all calls may reject, and the hub then tries again.
 */
export interface StreamLog {
  head(): Promise<LogHead>;
  /**
   * Events with `seq > after`, ascending, without gaps, at most `limit`. Begins later than `after + 1` only when retention
   * has removed the events between.
   */
  read(after: number, limit: number): Promise<LogEvent[]>;
  /**
   * The position before the first readable event committed at or after a time: what follows it is what happened since. A log
   * whose times never go back may leave this out; it is then searched by reading.
   */
  seek?(timeMs: number): Promise<number>;
}

/** A log that a publisher in this process writes to. */
export interface AppendableLog extends StreamLog {
  /**
   * Commits these events, all or none, one after the other, and resolves when they will last as long as the log promises.
   * Rejects when they are not committed. Calls are committed in the order in which they were made.
   */
  append(events: readonly NewEvent[]): Promise<LogEvent[]>;
  /**
   * Empties the events that match: each keeps its seq, so the log has no gap, and becomes one nobody can read. Resolves to
   * their number when nothing of them can be read from the log any more.
   */
  erase(match: (event: LogEvent) => boolean): Promise<number>;
  /** Nothing is appended afterwards. */
  close?(): Promise<void>;
}

/** What is left of an event that was erased. */
export function erased(event: LogEvent): LogEvent {
  return { seq: event.seq, stream: '', name: 'ps.erased', data: 'null', time: event.time };
}

/** Finds the position before the first event at or after a time by reading one event at a time, about 20 in a million. */
export async function seekByReading(log: StreamLog, timeMs: number): Promise<number> {
  const { head, oldest } = await log.head();
  let low = oldest - 1;
  let high = head;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    const [event] = await log.read(middle, 1);
    if (!event || event.time >= timeMs) high = middle;
    else low = event.seq;
  }
  return low;
}
