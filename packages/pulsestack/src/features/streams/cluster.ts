import type { StreamConnection } from '@pulsestack/core';
import type { Connection } from 'pushstream';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import { tellReadersChanged } from './changes.ts';
import { ERASED_CHANNEL } from './erase.ts';
import { hubs } from './hubs.ts';
import { presence } from './presence.ts';

const ASK_CHANNEL = 'streams.ask';
const ANSWER_CHANNEL = 'streams.answer';
const DISCONNECT_CHANNEL = 'streams.disconnect';
const PATIENCE_MS = 400;
// So that a message stays below what the smallest of the carriers takes.
const PER_MESSAGE = 10;
const MAX_PER_NODE = 500;

/** Which readers a command is about; at least one of the three is given. */
export interface Whom {
  connection?: string | undefined;
  user?: string | undefined;
  session?: string | undefined;
}

/** What the processes of an installation tell each other about their readers. */
interface Cluster {
  start(): Promise<void>;
  /** The readers of all processes that answer in time, bounded. */
  connections(workspaceId: string): Promise<StreamConnection[]>;
  disconnect(workspaceId: string, whom: Whom): Promise<void>;
  close(): Promise<void>;
}

export const cluster = resource((runtime): Cluster => createCluster(runtime));

function createCluster(runtime: Runtime): Cluster {
  const questions = new Map<string, (found: StreamConnection[]) => void>();
  const subscriptions: (() => Promise<void>)[] = [];
  const { node } = presence.of(runtime);

  const own = (workspaceId: string) =>
    hubs
      .of(runtime)
      .connectionsOf(workspaceId)
      .slice(0, MAX_PER_NODE)
      .map((connection) => toConnection(connection, node));

  async function answer(message: string): Promise<void> {
    const { id, workspaceId, from } = JSON.parse(message) as { id: string; workspaceId: string; from: string };
    if (from === node) return;
    const found = own(workspaceId);
    for (let i = 0; i < found.length; i += PER_MESSAGE)
      await runtime.pubsub.publish(ANSWER_CHANNEL, JSON.stringify({ id, found: found.slice(i, i + PER_MESSAGE) }));
  }

  return {
    async start() {
      const { pubsub, log } = runtime;
      subscriptions.push(
        await pubsub.subscribe(DISCONNECT_CHANNEL, (message) => {
          const { workspaceId, ...whom } = JSON.parse(message) as Whom & { workspaceId: string };
          hubs.of(runtime).disconnect(workspaceId, (connection) => isMeant(whom, connection));
        }),
        await pubsub.subscribe(ERASED_CHANNEL, (message) => {
          const { workspaceId, userId } = JSON.parse(message) as { workspaceId: string; userId: string };
          hubs.of(runtime).forget(workspaceId, userId);
          tellReadersChanged(runtime, { kind: 'erased', workspaceId, userId });
        }),
        await pubsub.subscribe(ASK_CHANNEL, (message) => {
          answer(message).catch((error: unknown) =>
            log.warn({ err: error }, 'a question about readers was not answered'),
          );
        }),
        await pubsub.subscribe(ANSWER_CHANNEL, (message) => {
          const { id, found } = JSON.parse(message) as { id: string; found: StreamConnection[] };
          questions.get(id)?.(found);
        }),
      );
    },
    async connections(workspaceId) {
      const found = own(workspaceId);
      if (runtime.database.kind === 'embedded') return found;
      const id = runtime.randomBytes(8).toString('hex');
      questions.set(id, (more) => found.push(...more));
      await runtime.pubsub.publish(ASK_CHANNEL, JSON.stringify({ id, workspaceId, from: node }));
      await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
      questions.delete(id);
      return found;
    },
    disconnect: (workspaceId, whom) =>
      runtime.pubsub.publish(DISCONNECT_CHANNEL, JSON.stringify({ workspaceId, ...whom })),
    async close() {
      for (const unsubscribe of subscriptions.splice(0)) await unsubscribe();
    },
  };
}

function isMeant(whom: Whom, { id, meta }: Connection): boolean {
  if (whom.connection !== undefined && whom.connection !== id) return false;
  if (whom.user !== undefined && whom.user !== meta.user) return false;
  return whom.session === undefined || whom.session === meta.session;
}

function toConnection(connection: Connection, node: string): StreamConnection {
  const { meta } = connection;
  return {
    id: connection.id,
    node,
    userId: meta.user ?? null,
    sessionId: meta.session ?? null,
    transport: meta.transport ?? 'sse',
    streams: connection.streams.slice(0, 20),
    state: connection.state,
    cursor: connection.cursor,
    lag: connection.lag,
    unacknowledged: connection.unacknowledged,
    events: connection.eventsSent,
    bytes: connection.bytesSent,
    openedAt: new Date(connection.openedAt).toISOString(),
  };
}
