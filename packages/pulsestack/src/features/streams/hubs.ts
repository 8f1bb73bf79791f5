import { type Connection, createHub, type Hub, type StreamLog, systemClock } from 'pushstream';
import type { NumberedEvent } from '../../kernel/event.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import { type Acks, createAcks } from './acks.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { isOf } from './erase.ts';
import { createStreamMetrics } from './metrics.ts';
import { createNews } from './news.ts';
import { presence } from './presence.ts';
import { createSequencer } from './sequencer.ts';
import { readEvents, readHead, readHeads } from './store.ts';

// A workspace without readers gives its memory back after this long.
const IDLE_MS = 60_000;
// Recent events of a workspace kept for those who reconnect; the rest is read from the database.
const RING_BYTES = 4 * 1024 * 1024;

/** The live side of the logs: one hub for each workspace that somebody reads here. */
export interface Hubs {
  of(workspaceId: string): Hub;
  /** Keeps the hub of a workspace although nobody reads it here, for a relay that follows it, until the returned function is called. */
  hold(workspaceId: string): () => void;
  /** Puts everything committed on the log and into the hubs of this process. */
  flush(): Promise<void>;
  /** Moves on whenever somebody loses a right: who was admitted before and is connected after must be asked again. */
  readonly revocations: number;
  closeReaders(revoked: { kind: 'session' | 'user' | 'key' | 'workspace'; id: string; workspaceId: string }): number;
  /** Ends the readers of a topic who are no longer subscribed; without `users`, all of them. */
  closeTopic(workspaceId: string, topic: string, users: ReadonlySet<string> | null): void;
  /** The connections to this process. */
  connectionsOf(workspaceId: string): Connection[];
  /** Tells the readers that match to come back, and returns how many there were. */
  disconnect(workspaceId: string, match: (connection: Connection) => boolean): number;
  /** Empties what is kept in memory of a person. */
  forget(workspaceId: string, userId: string): void;
  drain(graceMs: number): Promise<void>;
  readonly connections: number;
  close(): Promise<void>;
}

interface Entry {
  hub: Hub;
  acks: Acks;
  deliveries: Deliveries;
  idleSinceMs: number | null;
  /** Relays that follow it. */
  holders: number;
  /** The last event this process itself has put on the log and into the hub. */
  handedSeq: number;
}

export const hubs = resource((runtime): Hubs => createHubs(runtime));

function createHubs(runtime: Runtime): Hubs {
  const entries = new Map<string, Entry>();
  let revocations = 0;
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
    news.tell(groups);
  });
  const connections = () => [...entries.values()].reduce((sum, entry) => sum + entry.hub.stats().connections, 0);
  const metrics = createStreamMetrics(runtime, function* () {
    for (const [workspaceId, { hub }] of entries) yield [workspaceId, hub];
  });

  function tell(workspaceId: string, seq: number, epoch: string): void {
    entries
      .get(workspaceId)
      ?.hub.headIs(seq, epoch)
      .catch((error: unknown) =>
        runtime.log.warn({ err: error, workspaceId }, 'a log could not be asked for its head; it is asked again'),
      );
  }

  const news = createNews(runtime, {
    onHead(workspaceId, epoch, seq) {
      // Most news is our own, or older than what we have; only a look at the log tells whether it went back.
      if (seq > (entries.get(workspaceId)?.handedSeq ?? 0)) tell(workspaceId, seq, epoch);
    },
    look: () =>
      (looking ??= lookForMore().finally(() => {
        looking = undefined;
      })),
  });
  let looking: Promise<void> | undefined;
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

  async function writeDown(): Promise<void> {
    for (const { acks, deliveries } of entries.values()) {
      await acks.flush();
      await deliveries.flush();
    }
    await presence.of(runtime).flush();
  }

  function forgetIdle(): void {
    const nowMs = performance.now();
    for (const [workspaceId, entry] of entries) {
      if (entry.holders > 0 || entry.hub.stats().connections > 0) entry.idleSinceMs = null;
      else if (entry.idleSinceMs === null) entry.idleSinceMs = nowMs;
      else if (nowMs - entry.idleSinceMs > IDLE_MS) {
        entries.delete(workspaceId);
        void entry.hub.drain(0).then(() => metrics.retire(entry.hub));
        void Promise.all([entry.acks.flush(), entry.deliveries.flush()]);
      }
    }
  }

  const entryOf = (workspaceId: string): Entry => {
    let entry = entries.get(workspaceId);
    if (!entry) {
      const acks = createAcks(runtime, workspaceId);
      const deliveries = createDeliveries(runtime, workspaceId);
      const hub = createHub({
        acks,
        audit: deliveries,
        onDeliver: (event) => metrics.delivered(event.time),
        log: logOf(runtime, workspaceId),
        clock,
        heartbeatMs: runtime.settings.streams.heartbeatMs,
        limits: { connections: runtime.settings.streams.maxConnections, ringBytes: RING_BYTES },
        onError: (error) =>
          runtime.log.warn({ err: error, workspaceId }, 'a stream could not read its log; it tries again'),
      });
      const book = presence.of(runtime);
      hub.onConnection(({ meta }, change) => {
        if (meta.user !== undefined) book[change](workspaceId, meta.user);
      });
      entry = { hub, acks, deliveries, idleSinceMs: null, holders: 0, handedSeq: 0 };
      entries.set(workspaceId, entry);
    }
    return entry;
  };

  return {
    of: (workspaceId) => entryOf(workspaceId).hub,
    hold(workspaceId) {
      const entry = entryOf(workspaceId);
      entry.holders += 1;
      return () => {
        entry.holders -= 1;
      };
    },
    closeTopic(workspaceId, topic, users) {
      revocations += 1;
      const reads = ({ meta }: Connection) => meta.topics?.split(' ').includes(topic) ?? false;
      entries
        .get(workspaceId)
        ?.hub.close((one) => reads(one) && (users === null || users.has(one.meta.user ?? '')), 'expired');
    },
    connectionsOf: (workspaceId) => [...(entries.get(workspaceId)?.hub.connections() ?? [])],
    disconnect: (workspaceId, match) => entries.get(workspaceId)?.hub.close(match, 'drain') ?? 0,
    forget(workspaceId, userId) {
      entries.get(workspaceId)?.hub.forget(isOf(userId));
    },
    async flush() {
      await sequencer.flush();
      await writeDown();
    },
    get revocations() {
      return revocations;
    },
    closeReaders({ kind, id, workspaceId }) {
      revocations += 1;
      return entries.get(workspaceId)?.hub.close(kind === 'workspace' ? {} : { [kind]: id }) ?? 0;
    },
    async drain(graceMs) {
      await Promise.all([...entries.values()].map((entry) => entry.hub.drain(graceMs)));
    },
    get connections() {
      return connections();
    },
    async close() {
      await news.close();
      await sequencer.close();
      await Promise.all([...entries.values()].map((entry) => entry.hub.drain(0)));
      await writeDown();
      entries.clear();
    },
  };
}

/** The log of one workspace, read in the tenancy of that workspace. */
export function logOf(runtime: Runtime, workspaceId: string): StreamLog {
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
