import type { Server as HttpServer } from 'node:http';
import { checkFilter, type Filter, type Hub } from 'pushstream';
import { type Namespace, Server, type Socket } from 'socket.io';
import { z } from 'zod';
import { authenticate } from '../../features/accounts/index.ts';
import { grantOf, hubs } from '../../features/streams/index.ts';
import type { Principal } from '../../kernel/context.ts';
import { fail, toProblem } from '../../kernel/errors.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { PacketEncoder } from './packet.ts';
import { SocketIoSink } from './socket-io-sink.ts';

/**
 * Socket.IO on the namespace `/notifications`: the events of the stream under their own names, each with its cursor as
 * second argument. Reconnect with `auth: { token, cursor }` and nothing is lost, whatever happened to this process. `auth`
 * also takes `client`, `topics` and `filter`, as the address of the event stream does.
 */
export function createSocketServer(http: HttpServer, runtime: Runtime, cors: (origin: string) => boolean): Server {
  const io = new Server(http, {
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: 16_384,
    cors: { origin: (origin, done) => done(null, origin === undefined || cors(origin)), credentials: true },
  });
  io.on('connection', (socket) => {
    // Only /notifications exists; a socket on the bare root would wait for ever.
    socket.disconnect(true);
  });
  const namespace: Namespace = io.of('/notifications');
  const encoder = new PacketEncoder(namespace.name);
  namespace.use((socket, next) => {
    admit(runtime, socket).then(
      (admitted) => {
        socket.data = admitted;
        next();
      },
      (error: unknown) => {
        const problem = toProblem(error, socket.id);
        next(Object.assign(new Error(problem.detail ?? problem.title), { data: problem }));
      },
    );
  });
  namespace.on('connection', (socket) => {
    const { principal } = socket.data as { principal: Extract<Principal, { workspaceId: string }> };
    void socket.join([`workspace:${principal.workspaceId}`, `user:${principal.id}`]);
    const hub = hubs.of(runtime).of(principal.workspaceId);
    const { wanted, cursor, client } = (socket.data as { asked: Asked }).asked;
    const named = client ?? ('sessionId' in principal ? principal.sessionId : undefined);
    hub
      .locate(cursor, named === undefined ? {} : { client: `${principal.id}/${named}` })
      .then((start) => {
        if (!socket.connected) return;
        if (!hub.accepting) {
          socket.emit('ps.busy', {}, null);
          socket.disconnect(true);
          return;
        }
        const { grant, revocations } = socket.data as Admitted;
        if (hubs.of(runtime).revocations !== revocations) {
          // A right may have ended since it was asked; whoever still has it comes back at once.
          socket.disconnect(true);
          return;
        }
        const connection = hub.attach(new SocketIoSink(socket, encoder), {
          ...grant,
          meta: { ...grant.meta, transport: 'socket.io' },
          start,
          ...(wanted ? { filter: wanted } : {}),
          ...(named === undefined ? {} : { client: `${principal.id}/${named}` }),
        });
        if (named !== undefined) listenForAcks(socket, hub, connection.client ?? '');
      })
      .catch((error: unknown) => {
        runtime.log.warn({ err: error }, 'a socket could not be given its place in the log');
        socket.disconnect(true);
      });
  });
  return io;
}

type Admitted = Awaited<ReturnType<typeof admit>>;

interface Asked {
  cursor: string | null;
  client: string | undefined;
  topics: string[];
  wanted: Filter | undefined;
}

const Auth = z.object({
  cursor: z.string().nullish(),
  client: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,128}$/)
    .optional(),
  topics: z.array(z.string().max(128)).max(50).default([]),
  filter: z.unknown().optional(),
});

/** Who this is, what it asks for, and what it may see; refused before it is connected. */
async function admit(runtime: Runtime, socket: Socket) {
  const { revocations } = hubs.of(runtime);
  const principal = await identify(runtime, socket);
  const auth = Auth.safeParse(socket.handshake.auth);
  if (!auth.success) throw fail('request.invalid', 'auth takes token, cursor, client, topics and filter.');
  const { cursor = null, client, topics, filter } = auth.data;
  let wanted: Filter | undefined;
  try {
    wanted = filter === undefined ? undefined : checkFilter(filter);
  } catch (error) {
    throw fail('request.invalid', error instanceof Error ? error.message : undefined);
  }
  const grant = await grantOf({ db: runtime.db, principal, workspaceId: principal.workspaceId }, topics);
  return { principal, grant, revocations, asked: { cursor, client, topics, wanted } satisfies Asked };
}

/** `socket.emit('ps.ack', cursor)`: everything up to there has arrived. */
function listenForAcks(socket: Socket, hub: Hub, client: string): void {
  socket.on('ps.ack', (cursor: unknown) => {
    if (typeof cursor === 'string') hub.acknowledge(client, cursor).catch(() => undefined);
  });
}

async function identify(runtime: Runtime, socket: Socket): Promise<Extract<Principal, { kind: 'user' | 'member' }>> {
  const { token } = socket.handshake.auth as { token?: unknown };
  const principal = await authenticate(runtime, typeof token === 'string' ? token : undefined);
  if (principal.kind !== 'user' && principal.kind !== 'member') {
    throw fail('auth.required', 'A socket is opened with a user token or a member token in auth.token.');
  }
  return principal;
}
