import type { Server as HttpServer } from 'node:http';
import type { ObjectSink, SinkOwner, StreamMessage } from 'pushstream';
import { type Namespace, Server, type Socket } from 'socket.io';
import { authenticate } from '../../features/accounts/index.ts';
import { connectionMeta, hubs, streamsOf } from '../../features/streams/index.ts';
import type { Principal } from '../../kernel/context.ts';
import { fail, toProblem } from '../../kernel/errors.ts';
import type { Runtime } from '../../kernel/runtime.ts';

// Packets waiting in one socket; beyond that the hub keeps the reader's place in the log instead of its messages.
const MAX_WAITING_PACKETS = 64;

/**
 * Socket.IO on the namespace `/notifications`: the events of the stream under their own names, each with its cursor as
 * second argument. Reconnect with `auth: { token, cursor }` and nothing is lost, whatever happened to this process.
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
  namespace.use((socket, next) => {
    identify(runtime, socket).then(
      (principal) => {
        socket.data = { principal };
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
    const cursor = (socket.handshake.auth as { cursor?: unknown }).cursor;
    hub
      .locate(typeof cursor === 'string' ? cursor : null)
      .then((start) => {
        if (!socket.connected) return;
        if (!hub.accepting) {
          socket.emit('ps.busy', {}, null);
          socket.disconnect(true);
          return;
        }
        hub.attach(sinkOf(socket), {
          streams: streamsOf(principal),
          start,
          meta: connectionMeta(principal),
          ...('expiresAtMs' in principal ? { expiresAt: principal.expiresAtMs } : {}),
        });
      })
      .catch((error: unknown) => {
        runtime.log.warn({ err: error }, 'a socket could not be given its place in the log');
        socket.disconnect(true);
      });
  });
  return io;
}

async function identify(runtime: Runtime, socket: Socket): Promise<Principal> {
  const { token } = socket.handshake.auth as { token?: unknown };
  const principal = await authenticate(runtime, typeof token === 'string' ? token : undefined);
  if (principal.kind !== 'user' && principal.kind !== 'member') {
    throw fail('auth.required', 'A socket is opened with a user token or a member token in auth.token.');
  }
  return principal;
}

const parsed = new WeakMap<StreamMessage, unknown>();

/** The hub hands the same message object to every reader, so its data is parsed once. */
function dataOf(message: StreamMessage): unknown {
  if (message.kind === 'control') return message.data;
  if (!parsed.has(message)) parsed.set(message, JSON.parse(message.data));
  return parsed.get(message);
}

function sinkOf(socket: Socket): ObjectSink {
  const engine = socket.conn;
  const isFull = () => (engine as unknown as { writeBuffer: unknown[] }).writeBuffer.length >= MAX_WAITING_PACKETS;
  return {
    kind: 'objects',
    open(owner: SinkOwner) {
      const onDrain = () => owner.drained();
      engine.on('drain', onDrain);
      socket.on('disconnect', () => {
        engine.off('drain', onDrain);
        owner.closed();
      });
    },
    send(message) {
      socket.emit(message.name, dataOf(message), message.cursor);
      return !isFull();
    },
    end: () => void socket.disconnect(true),
    destroy: () => void socket.disconnect(true),
  };
}
