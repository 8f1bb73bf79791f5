import { createHub, type Hub, type StreamLog, systemClock } from 'pushstream';
import type { NumberedEvent } from '../../kernel/event.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import { createSequencer } from './sequencer.ts';
import { readEvents, readHead, readHeads } from './store.ts';

const HEAD_POLL_MS = 1000;
// A workspace without readers gives its memory back after this long.
const IDLE_MS = 60_000;
// Recent events of a workspace kept for those who reconnect; the rest is read from the database.
const RING_BYTES = 4 * 1024 * 1024;
const CHANNEL = 'streams.advanced';

/** The live side of the logs: one hub for each workspace that somebody reads here. */
export interface Hubs {
  of(workspaceId: string): Hub;
  /** Puts everything committed on the log and into the hubs of this process. */
  flush(): Promise<void>;
  closeReaders(revoked: { kind: 'session' | 'user' | 'key' | 'workspace'; id: string; workspaceId: string }): number;
  drain(graceMs: number): Promise<void>;
  readonly connections: number;
  close(): Promise<void>;
}

interface Entry {
  hub: Hub;
  idleSinceMs: number | null;
  /** The last event this process itself has put on the log and into the hub. */
  handedSeq: number;
}

export const hubs = resource((runtime): Hubs => createHubs(runtime));

function createHubs(runtime: Runtime): Hubs {
  const entries = new Map<string, Entry>();
  // One for all hubs, because those with one clock share a timer.
  const clock = { now: () => runtime.clock.nowMs(), every: systemClock.every };
  const sequencer = createSequencer(runtime, (events) => {
    const groups = byWorkspace(events);
    for (const [workspaceId, group] of groups) {
      const entry = entries.get(workspaceId);
      if (!entry) continue;
      entry.handedSeq = Math.max(entry.handedSeq, (group.at(-1) as NumberedEvent).seq);
      void entry.hub.apply(group);
    }
    tellOthers(groups);
  });
  const connections = () => [...entries.values()].reduce((sum, entry) => sum + entry.hub.stats().connections, 0);
  runtime.telemetry.gauge('stream_connections', 'Open streams of this process', connections);
  for (const figure of [
    'delivered',
    'bytes',
    'catchupConnections',
    'replays',
    'gaps',
    'demoted',
    'stalled',
    'ringBytes',
  ] as const) {
    runtime.telemetry.gauge(
      `stream_${figure.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
      `Sum of "${figure}" over the hubs of this process`,
      () => [...entries.values()].reduce((sum, entry) => sum + entry.hub.stats()[figure], 0),
    );
  }

  function tell(workspaceId: string, seq: number, epoch: string): void {
    entries
      .get(workspaceId)
      ?.hub.headIs(seq, epoch)
      .catch((error: unknown) =>
        runtime.log.warn({ err: error, workspaceId }, 'a log could not be asked for its head; it is asked again'),
      );
  }

  // Other processes only learn that there is more; each reads the log itself, so a lost or doubled message does no harm.
  const others = runtime.database.kind === 'server';
  const advanced = new Map<string, NumberedEvent>();
  let telling = false;
  function tellOthers(groups: Map<string, NumberedEvent[]>): void {
    if (!others) return;
    for (const [workspaceId, group] of groups) advanced.set(workspaceId, group.at(-1) as NumberedEvent);
    if (telling) return;
    telling = true;
    setTimeout(() => {
      telling = false;
      const heads = [...advanced.values()].map((last) => [last.workspaceId, last.epoch, last.seq]);
      advanced.clear();
      for (let i = 0; i < heads.length; i += 100) {
        runtime.pubsub
          .publish(CHANNEL, JSON.stringify(heads.slice(i, i + 100)))
          .catch((error: unknown) =>
            runtime.log.warn({ err: error }, 'other processes were not told of new events; they look within a second'),
          );
      }
    }, 5);
  }
  const subscription = others
    ? runtime.pubsub.subscribe(CHANNEL, (message) => {
        for (const [workspaceId, epoch, seq] of JSON.parse(message) as [string, string, number][]) {
          // Most news is our own, or older than what we have; only the poll asks the log whether it went back.
          if (seq > (entries.get(workspaceId)?.handedSeq ?? 0)) tell(workspaceId, seq, epoch);
        }
      })
    : undefined;

  const poll = setInterval(() => void lookForMore(), HEAD_POLL_MS);
  poll.unref();
  async function lookForMore(): Promise<void> {
    forgetIdle();
    if (entries.size === 0) return;
    try {
      const heads = await runtime.db.inSystem((tx) => readHeads(tx, [...entries.keys()]));
      for (const head of heads) tell(head.workspaceId, head.head, head.epoch);
    } catch (error) {
      runtime.log.warn({ err: error }, 'the heads of the logs could not be read; streams wait');
    }
  }

  function forgetIdle(): void {
    const nowMs = performance.now();
    for (const [workspaceId, entry] of entries) {
      if (entry.hub.stats().connections > 0) entry.idleSinceMs = null;
      else if (entry.idleSinceMs === null) entry.idleSinceMs = nowMs;
      else if (nowMs - entry.idleSinceMs > IDLE_MS) {
        entries.delete(workspaceId);
        void entry.hub.drain(0);
      }
    }
  }

  return {
    of(workspaceId) {
      let entry = entries.get(workspaceId);
      if (!entry) {
        const hub = createHub({
          log: logOf(runtime, workspaceId),
          clock,
          heartbeatMs: runtime.settings.streams.heartbeatMs,
          limits: { connections: runtime.settings.streams.maxConnections, ringBytes: RING_BYTES },
          onError: (error) =>
            runtime.log.warn({ err: error, workspaceId }, 'a stream could not read its log; it tries again'),
        });
        entry = { hub, idleSinceMs: null, handedSeq: 0 };
        entries.set(workspaceId, entry);
      }
      return entry.hub;
    },
    flush: () => sequencer.flush(),
    closeReaders({ kind, id, workspaceId }) {
      if (kind === 'workspace') return entries.get(workspaceId)?.hub.close(() => true, 'expired') ?? 0;
      // A session may read in several workspaces; a user or key belongs to one.
      const candidates =
        kind === 'session' ? [...entries.values()] : [entries.get(workspaceId)].filter((entry) => entry !== undefined);
      return candidates.reduce(
        (sum, entry) => sum + entry.hub.close((connection) => connection.meta[kind] === id, 'expired'),
        0,
      );
    },
    async drain(graceMs) {
      await Promise.all([...entries.values()].map((entry) => entry.hub.drain(graceMs)));
    },
    get connections() {
      return connections();
    },
    async close() {
      clearInterval(poll);
      await (await subscription)?.();
      await sequencer.close();
      await Promise.all([...entries.values()].map((entry) => entry.hub.drain(0)));
      entries.clear();
    },
  };
}

/** The log of one workspace, read in the tenancy of that workspace. */
function logOf(runtime: Runtime, workspaceId: string): StreamLog {
  return {
    head: () =>
      runtime.db.inWorkspace(workspaceId, async (tx) => {
        const head = await readHead(tx, workspaceId);
        if (!head) throw new Error(`workspace ${workspaceId} has no log`);
        return head;
      }),
    read: (after, limit) => runtime.db.inWorkspace(workspaceId, (tx) => readEvents(tx, workspaceId, after, limit)),
  };
}

function byWorkspace(events: readonly NumberedEvent[]): Map<string, NumberedEvent[]> {
  const groups = new Map<string, NumberedEvent[]>();
  for (const event of events) {
    const group = groups.get(event.workspaceId);
    if (group) group.push(event);
    else groups.set(event.workspaceId, [event]);
  }
  return groups;
}
