import type { Hub } from '../contract.ts';
import { parseCursor } from '../cursor.ts';
import type { LogEvent, StreamLog } from '../log.ts';
import type { Backplane } from './backplane.ts';

export interface NodesOptions {
  /** The log all nodes share. */
  log: StreamLog;
  backplane: Backplane;
  /** The name of the log on the backplane. Default: `events`. */
  channel?: string;
  /** How often the log is asked for its head, for news that got lost. Default: 1,000. */
  pollMs?: number;
  /** The same while the backplane is interrupted. Default: 75. */
  degradedPollMs?: number;
  /** Announcements up to this size carry the events themselves; larger ones only say where the log's head is. Default: 65,536. */
  inlineBytes?: number;
  /** Called when the backplane or the log fails; nothing is lost by it. */
  onError?: (error: unknown) => void;
}

export interface NodesStats {
  /** Messages sent and heard, own ones included. */
  sent: number;
  heard: number;
  /** Announcements that could not be sent; the other nodes found the events in the log. */
  unsent: number;
  /** Messages that only said that there is news. */
  wakeUps: number;
  /** Questions for the log's head. */
  polls: number;
  /** Whether the backplane is interrupted now, and how often it was. */
  degraded: boolean;
  interruptions: number;
  /** From the commit on another node until it was heard here, by the clocks of both. */
  lagMs: number;
  /** Holes that were mended from the log, and the events in them. */
  gaps: number;
  repaired: number;
  duplicates: number;
}

export interface Nodes {
  /**
   * Puts committed events into this node's hub and tells the other nodes. Call it after the commit; events of one tick
   * travel together. Never rejects: what cannot be told is found in the log.
   */
  announce(events: readonly LogEvent[]): void;
  stats(): NodesStats;
  /** Leaves the other nodes; the hub and the backplane stay open. */
  close(): Promise<void>;
}

/** What travels: head and epoch always, the events when they are small. */
interface Announcement {
  epoch: string;
  first: number;
  last: number;
  /** When it was sent, in milliseconds since 1970. */
  at: number;
  events?: LogEvent[];
}

/**
 * Joins the hub of this node with those of the others over one log. Whatever the backplane loses, doubles or reorders, each hub
 * passes on the log's order without gaps: a hole is read from the log at once, and a lost last message within a second.
 */
export async function joinNodes(hub: Hub, options: NodesOptions): Promise<Nodes> {
  const { log, backplane, channel = 'events', onError = () => {} } = options;
  const { pollMs = 1_000, degradedPollMs = 75, inlineBytes = 65_536 } = options;
  const counted = { sent: 0, heard: 0, unsent: 0, wakeUps: 0, polls: 0, interruptions: 0, lagMs: 0 };
  let pending: LogEvent[] = [];
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let { epoch } = await log.head();

  const offHealth = backplane.onHealth((healthy) => {
    if (!healthy) counted.interruptions += 1;
    // Whatever came during the interruption is looked for now, and from now on at the right pace.
    void look().then(schedule);
  });
  const unsubscribe = await backplane.subscribe(channel, (text) => {
    counted.heard += 1;
    hear(text).catch(onError);
  });
  schedule();

  async function hear(text: string): Promise<void> {
    const news = readAnnouncement(text);
    if (!news) {
      counted.wakeUps += 1;
      return look();
    }
    counted.lagMs = Math.max(0, Date.now() - news.at);
    const known = parseCursor(await hub.cursor());
    if (known?.epoch !== news.epoch) return hub.headIs(news.last, news.epoch);
    if (news.events) return hub.apply(news.events);
    // Old news would make the hub ask the log whether it went back.
    if (news.last > known.seq) await hub.headIs(news.last, news.epoch);
  }

  function look(): Promise<void> {
    looking ??= (async () => {
      counted.polls += 1;
      try {
        const head = await log.head();
        epoch = head.epoch;
        await hub.headIs(head.head, head.epoch);
      } catch (error) {
        onError(error);
      } finally {
        looking = null;
      }
    })();
    return looking;
  }

  function schedule(): void {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void look().then(schedule), backplane.healthy ? pollMs : degradedPollMs);
    timer.unref();
  }

  async function tell(): Promise<void> {
    // Commits that overlapped may have been announced in another order than the log's.
    const events = pending.sort((one, other) => one.seq - other.seq);
    pending = [];
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last) return;
    const news: Announcement = { epoch, first: first.seq, last: last.seq, at: Date.now() };
    const bytes = events.reduce((sum, { data }) => sum + data.length, 0);
    const inline = bytes <= inlineBytes ? JSON.stringify({ ...news, events }) : '';
    const text = inline && Buffer.byteLength(inline) <= inlineBytes ? inline : JSON.stringify(news);
    try {
      await backplane.publish(channel, text);
      counted.sent += 1;
    } catch (error) {
      counted.unsent += 1;
      onError(error);
    }
  }

  return {
    announce(events) {
      if (closed || events.length === 0) return;
      hub.apply(events).catch(onError);
      if (pending.length === 0) setImmediate(() => void tell());
      pending.push(...events);
    },
    stats() {
      const { gaps, repaired, duplicates } = hub.stats();
      return { ...counted, degraded: !backplane.healthy, gaps, repaired, duplicates };
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      offHealth();
      await unsubscribe();
    },
  };
}

/** `null` for everything that only says that there is news, and for what another version may have written. */
function readAnnouncement(text: string): Announcement | null {
  if (text === '') return null;
  try {
    const news = JSON.parse(text) as Partial<Announcement>;
    const complete = typeof news.epoch === 'string' && Number.isSafeInteger(news.last) && typeof news.at === 'number';
    return complete ? (news as Announcement) : null;
  } catch {
    return null;
  }
}
