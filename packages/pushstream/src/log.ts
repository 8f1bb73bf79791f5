/** One committed event of a log. */
export interface LogEvent {
  /** Position in the log; the first event has 1, and every next one exactly one more. */
  seq: number;
  /** Whom it concerns: connections that read this stream receive it. */
  stream: string;
  /** `domain.action`. */
  name: string;
  /** JSON text, passed on as it is. */
  data: string;
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
 * `hub.apply`; both calls may reject, and the hub then tries again.
 */
export interface StreamLog {
  head(): Promise<LogHead>;
  /**
   * Events with `seq > after`, ascending, without gaps, at most `limit`. Begins later than `after + 1` only when retention
   * has removed the events between.
   */
  read(after: number, limit: number): Promise<LogEvent[]>;
}
