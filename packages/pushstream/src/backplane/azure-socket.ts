import type { AzureService } from './azure-service.ts';
import { BackplaneUnavailable, loadDriver } from './backplane.ts';
import { repeat, retryDelayMs, within } from './retry.ts';

/** The subprotocol whose connections can be taken up again: what was sent meanwhile comes then. */
export const SUBPROTOCOL = 'json.reliable.webpubsub.azure.v1';

const CONNECT_TIMEOUT_MS = 10_000;
const ACK_TIMEOUT_MS = 10_000;
// The service keeps an interrupted connection for at least this long.
const RECOVERY_MS = 30_000;
// It ends a connection that leaves 1000 messages unacknowledged.
const SEQUENCE_ACK_EVERY_MS = 250;
const PROBE_EVERY_MS = 15_000;
const POLICY_VIOLATION = 1008;

export interface AzureSocket {
  join(group: string): Promise<void>;
  leave(group: string): Promise<void>;
  send(group: string, text: string): Promise<void>;
  readonly open: boolean;
  close(): Promise<void>;
}

export interface AzureSocketListener {
  onMessage(group: string, text: string): void;
  onOpen(open: boolean): void;
  onError(error: unknown): void;
}

type Received =
  | { type: 'ack'; ackId: number; success: boolean; error?: { name: string; message: string } }
  | { type: 'message'; from: string; group?: string; data: unknown; sequenceId?: number }
  | { type: 'system'; event: 'connected'; connectionId: string; reconnectionToken?: string }
  | { type: 'system'; event: 'disconnected'; message?: string };

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

/** A connection to the service that comes back by itself: by its reconnection token while that is good, then as a new one. */
export async function openAzureSocket(
  service: AzureService,
  hub: string,
  listener: AzureSocketListener,
): Promise<AzureSocket> {
  // Node 20 has none of its own.
  const Socket = globalThis.WebSocket ?? (await loadDriver('ws', () => import('ws'))).WebSocket;
  const address = `${service.endpoint.replace(/^http/, 'ws')}/client/hubs/${hub}`;
  const groups = new Set<string>();
  const waiting = new Map<number, Waiting>();
  let socket: WebSocket | null = null;
  let identity: { connectionId: string; reconnectionToken: string } | null = null;
  let lostAt = 0;
  let lastAckId = 0;
  let lastSequence = 0;
  let acknowledged = 0;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  await connectAnew();
  const stopAcknowledging = repeat(SEQUENCE_ACK_EVERY_MS, async () => {
    if (lastSequence === acknowledged || !socket) return;
    acknowledged = lastSequence;
    socket.send(JSON.stringify({ type: 'sequenceAck', sequenceId: lastSequence }));
  });
  const stopProbing = repeat(PROBE_EVERY_MS, async () => {
    const [group] = groups;
    const asked = socket;
    if (!asked || group === undefined) return;
    // Joining again changes nothing, and its answer says that the connection lives.
    await request({ type: 'joinGroup', group }).catch((error: unknown) => {
      listener.onError(error);
      asked.close();
      lose(asked, 0);
    });
  });

  async function connectAnew(): Promise<void> {
    identity = null;
    lastSequence = 0;
    acknowledged = 0;
    const token = await service.generateToken();
    const opened = await connect(`access_token=${encodeURIComponent(token)}`, true);
    try {
      await Promise.all([...groups].map((group) => request({ type: 'joinGroup', group })));
    } catch (error) {
      socket = null;
      opened.close();
      throw error;
    }
    listener.onOpen(true);
  }

  async function recover({ connectionId, reconnectionToken }: NonNullable<typeof identity>): Promise<void> {
    const query = new URLSearchParams({
      awps_connection_id: connectionId,
      awps_reconnection_token: reconnectionToken,
    });
    await connect(query.toString(), false);
    listener.onOpen(socket !== null);
  }

  /** Resolves when the service has greeted a new connection, or taken up an old one. */
  function connect(query: string, greeted: boolean): Promise<WebSocket> {
    const opened = new Socket(`${address}?${query}`, SUBPROTOCOL) as WebSocket;
    let ready = false;
    const connected = new Promise<WebSocket>((resolve, reject) => {
      const isReady = () => {
        ready = true;
        // At once, because the next thing heard may be that the service closes it.
        socket = opened;
        resolve(opened);
      };
      opened.addEventListener('open', () => {
        if (!greeted) isReady();
      });
      opened.addEventListener('message', (event) => {
        const message = JSON.parse(String(event.data)) as Received;
        receive(message, opened);
        if (message.type === 'system' && message.event === 'connected') isReady();
      });
      opened.addEventListener('error', () => reject(new BackplaneUnavailable('Azure Web PubSub cannot be reached.')));
      opened.addEventListener('close', ({ code, reason }) => {
        // The service could not take the old connection up again.
        if (code === POLICY_VIOLATION) identity = null;
        reject(new BackplaneUnavailable(`Azure Web PubSub closed the connection: ${code} ${reason}`));
        if (ready) lose(opened, code);
      });
    });
    return within(CONNECT_TIMEOUT_MS, 'connecting to Azure Web PubSub', connected).catch((error: unknown) => {
      opened.close();
      throw error;
    });
  }

  function receive(message: Received, from: WebSocket): void {
    if (message.type === 'ack') return settle(message.ackId, message);
    if (message.type === 'message') {
      const { sequenceId = 0 } = message;
      // A connection that was taken up again is sent what it has not acknowledged, heard or not.
      if (sequenceId > 0 && sequenceId <= lastSequence) return;
      lastSequence = Math.max(lastSequence, sequenceId);
      if (message.group !== undefined) listener.onMessage(message.group, String(message.data));
    } else if (message.event === 'connected') {
      const { connectionId, reconnectionToken } = message;
      identity = reconnectionToken ? { connectionId, reconnectionToken } : null;
    } else {
      listener.onError(new BackplaneUnavailable(`Azure Web PubSub ends the connection: ${message.message ?? ''}`));
      identity = null;
      from.close();
    }
  }

  function lose(lost: WebSocket, code: number): void {
    if (closed || lost !== socket) return;
    socket = null;
    lostAt = Date.now();
    if (code === POLICY_VIOLATION) identity = null;
    for (const { reject } of waiting.values()) reject(new BackplaneUnavailable('The connection was lost.'));
    waiting.clear();
    listener.onOpen(false);
    returnLater(0);
  }

  function returnLater(attempt: number): void {
    retry = setTimeout(async () => {
      try {
        if (identity && Date.now() - lostAt < RECOVERY_MS) await recover(identity);
        else await connectAnew();
        if (closed) socket?.close();
      } catch (error) {
        listener.onError(error);
        if (!closed) returnLater(attempt + 1);
      }
    }, retryDelayMs(attempt));
  }

  function request(message: Record<string, unknown>): Promise<void> {
    const to = socket;
    if (!to) return Promise.reject(new BackplaneUnavailable('Azure Web PubSub is away.'));
    lastAckId += 1;
    const ackId = lastAckId;
    const answered = new Promise<void>((resolve, reject) => waiting.set(ackId, { resolve, reject }));
    to.send(JSON.stringify({ ...message, ackId }));
    return within(ACK_TIMEOUT_MS, 'an answer of Azure Web PubSub', answered).finally(() => waiting.delete(ackId));
  }

  function settle(ackId: number, { success, error }: Extract<Received, { type: 'ack' }>): void {
    const waiter = waiting.get(ackId);
    if (success || error?.name === 'Duplicate') waiter?.resolve();
    else waiter?.reject(new BackplaneUnavailable(`Azure Web PubSub: ${error?.name} ${error?.message ?? ''}`));
  }

  return {
    async join(group) {
      groups.add(group);
      if (socket) await request({ type: 'joinGroup', group });
    },
    async leave(group) {
      groups.delete(group);
      if (socket) await request({ type: 'leaveGroup', group });
    },
    send: (group, text) => request({ type: 'sendToGroup', group, dataType: 'text', data: text }),
    get open() {
      return socket !== null;
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      stopAcknowledging();
      stopProbing();
      const last = socket;
      socket = null;
      if (!last) return;
      const ended = new Promise<void>((resolve) => last.addEventListener('close', () => resolve()));
      last.close();
      await within(CONNECT_TIMEOUT_MS, 'closing', ended).catch(() => {});
    },
  };
}
