import { createAzureService, parseConnectionString } from './azure-service.ts';
import { openAzureSocket } from './azure-socket.ts';
import { type Backplane, BackplaneUnavailable } from './backplane.ts';
import { Ears } from './ears.ts';
import { Health } from './health.ts';

export interface AzureBackplaneOptions {
  /** Of the resource: `Endpoint=https://…;AccessKey=…;Version=1.0;` */
  connectionString: string;
  /** The hub of the service that the nodes share: a letter, then letters, digits or underscores. Default: `pushstream`. */
  hub?: string;
  /** Called with what goes wrong in between; the connection mends itself. */
  onError?: (error: unknown) => void;
}

/**
 * A backplane over Azure Web PubSub: one WebSocket for each node, a group for each channel. Rejects when the service cannot be
 * entered now; later it finds its way back by itself.
 */
export async function openAzureBackplane(options: AzureBackplaneOptions): Promise<Backplane> {
  const { hub = 'pushstream', onError = () => {} } = options;
  if (!/^[A-Za-z][A-Za-z0-9_]{0,127}$/.test(hub)) {
    throw new BackplaneUnavailable(
      `A hub of Azure Web PubSub is a letter, then letters, digits or underscores; ${hub} is not.`,
    );
  }
  const service = createAzureService(parseConnectionString(options.connectionString), hub);
  const ears = new Ears();
  const health = new Health();
  const channels = new Map<string, string>();
  let closed = false;
  const socket = await openAzureSocket(service, hub, {
    onMessage(group, text) {
      const channel = channels.get(group);
      if (channel !== undefined) ears.hear(channel, text);
    },
    onOpen: (open) => health.set(open),
    onError,
  }).catch((error: unknown) => {
    if (error instanceof BackplaneUnavailable) throw error;
    throw new BackplaneUnavailable(`Azure Web PubSub does not answer at ${service.endpoint}: ${reasonOf(error)}`, {
      cause: error,
    });
  });

  return {
    publish(channel, message) {
      const group = groupOf(channel);
      if (closed) return Promise.reject(new BackplaneUnavailable('This backplane was closed.'));
      // Whoever cannot hear can still tell.
      return socket.open ? socket.send(group, message) : service.sendToGroup(group, message);
    },
    async subscribe(channel, listener) {
      const group = groupOf(channel);
      channels.set(group, channel);
      if (ears.add(channel, listener)) await socket.join(group);
      return async () => {
        if (!ears.remove(channel, listener)) return;
        channels.delete(group);
        await socket.leave(group).catch(onError);
      };
    },
    get healthy() {
      return health.healthy;
    },
    onHealth: (listener) => health.onHealth(listener),
    async close() {
      closed = true;
      ears.clear();
      channels.clear();
      health.set(false);
      await socket.close();
    },
  };
}

/** A slash in a group's name cannot be addressed by the REST API, however it is written. */
function groupOf(channel: string): string {
  return channel.replaceAll(/[^A-Za-z0-9_.-]/g, (sign) => `~${sign.codePointAt(0)}`);
}

/** `fetch` hides the reason in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
