import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { freePort, type PrivateServer } from '@pulsestack/testing';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';

const SUBPROTOCOL = 'json.reliable.webpubsub.azure.v1';
const API_VERSION = '2024-12-01';
const QUEUED_MAX = 1000;

/** What a client of the subprotocol may send: exactly these shapes. */
const Request = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('joinGroup'), group: z.string().min(1), ackId: z.int().optional() }),
  z.strictObject({ type: z.literal('leaveGroup'), group: z.string().min(1), ackId: z.int().optional() }),
  z.strictObject({
    type: z.literal('sendToGroup'),
    group: z.string().min(1).max(1024),
    ackId: z.int().optional(),
    noEcho: z.boolean().optional(),
    dataType: z.literal('text'),
    data: z.string(),
  }),
  z.strictObject({ type: z.literal('sequenceAck'), sequenceId: z.int().positive() }),
]);

interface Session {
  id: string;
  token: string;
  roles: readonly string[];
  groups: Set<string>;
  acks: Set<number>;
  sequence: number;
  unacknowledged: { sequenceId: number; text: string }[];
  socket: WebSocket | null;
}

export interface AzureStandIn extends PrivateServer {
  readonly connectionString: string;
  /** What a client did against the contract; empty when it is a good one. */
  readonly violations: readonly string[];
  /** Connections taken up again by their reconnection token. */
  readonly recovered: number;
  /** Calls of the REST API by their last part. */
  readonly calls: ReadonlyMap<string, number>;
  readonly sockets: number;
  /** Cuts every connection, as a network does; the service remembers them. */
  cut(): void;
  /** Cuts every connection and forgets them: they cannot be taken up again. */
  forget(): void;
}

/**
 * Stands in for Azure Web PubSub, after its published contract: the data plane's REST API and the reliable JSON subprotocol. It
 * checks what it is asked at least as strictly as the service does.
 */
export async function startAzureStandIn(hub: string): Promise<AzureStandIn> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const accessKey = Buffer.from(randomUUID()).toString('base64');
  const sessions = new Map<string, Session>();
  const violations: string[] = [];
  const calls = new Map<string, number>();
  let recovered = 0;
  let server: Server | null = null;
  let sockets: WebSocketServer | null = null;

  function sign(claims: object): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
    return `${unsigned}.${createHmac('sha256', accessKey).update(unsigned).digest('base64url')}`;
  }

  /** The claims of a token of ours for this address, or why it is refused. */
  function verify(token: string, audience: string): Record<string, unknown> | string {
    const [head = '', body = '', signature = ''] = token.split('.');
    const expected = createHmac('sha256', accessKey).update(`${head}.${body}`).digest('base64url');
    if (signature !== expected) return 'the signature is not of the access key';
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg?: unknown };
    if (header.alg !== 'HS256') return 'the algorithm is not HS256';
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    if (claims.aud !== audience) return `the audience is ${String(claims.aud)} and not ${audience}`;
    if (typeof claims.exp !== 'number' || claims.exp * 1000 < Date.now()) return 'it has expired';
    return claims;
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const refuse = (status: number, message: string) => {
      violations.push(`${request.method} ${request.url}: ${message}`);
      response.writeHead(status, { 'content-type': 'application/json', 'x-ms-error-code': 'InvalidRequest' });
      response.end(JSON.stringify({ code: 'InvalidRequest', message }));
    };
    const address = `${endpoint}${request.url}`;
    const { pathname, searchParams } = new URL(address);
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (!bearer) return refuse(401, 'no bearer token');
    const claims = verify(bearer, address);
    if (typeof claims === 'string') return refuse(401, claims);
    if (searchParams.get('api-version') !== API_VERSION) return refuse(400, 'api-version is missing or unknown');
    if (request.method !== 'POST') return refuse(405, 'only POST');
    const call = pathname.split('/').at(-1) ?? '';
    calls.set(call, (calls.get(call) ?? 0) + 1);
    if (pathname === `/api/hubs/${hub}/:generateToken`) {
      const role = searchParams.getAll('role');
      const exp = Math.floor(Date.now() / 1000) + 60 * Number(searchParams.get('minutesToExpire') ?? 60);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ token: sign({ aud: `${endpoint}/client/hubs/${hub}`, role, exp }) }));
      return;
    }
    const group = new RegExp(`^/api/hubs/${hub}/groups/([^/]+)/:send$`).exec(pathname)?.[1];
    if (group === undefined) return refuse(404, 'no such operation');
    if (!/^text\/plain/.test(request.headers['content-type'] ?? '')) return refuse(415, 'content-type');
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    request.on('end', () => {
      spread(decodeURIComponent(group), text);
      response.writeHead(202).end();
    });
  }

  function onSocket(socket: WebSocket, request: IncomingMessage): void {
    const { searchParams } = new URL(`${endpoint}${request.url}`);
    const refuse = (reason: string, isViolation = true) => {
      if (isViolation) violations.push(`socket: ${reason}`);
      socket.close(1008, reason);
    };
    if (socket.protocol !== SUBPROTOCOL) return refuse(`the subprotocol is ${socket.protocol || 'missing'}`);
    const id = searchParams.get('awps_connection_id');
    if (id !== null) {
      const session = sessions.get(id);
      if (!session || session.token !== searchParams.get('awps_reconnection_token'))
        return refuse('this connection is not known any more', session !== undefined);
      recovered += 1;
      session.socket?.terminate();
      serve(session, socket);
      for (const { text } of session.unacknowledged) socket.send(text);
      return;
    }
    const claims = verify(searchParams.get('access_token') ?? '..', `${endpoint}/client/hubs/${hub}`);
    if (typeof claims === 'string') return refuse(claims);
    const session: Session = {
      id: randomUUID(),
      token: randomUUID(),
      roles: claims.role as string[],
      groups: new Set(),
      acks: new Set(),
      sequence: 0,
      unacknowledged: [],
      socket: null,
    };
    sessions.set(session.id, session);
    serve(session, socket);
    const { id: connectionId, token: reconnectionToken } = session;
    socket.send(JSON.stringify({ type: 'system', event: 'connected', userId: null, connectionId, reconnectionToken }));
  }

  function serve(session: Session, socket: WebSocket): void {
    session.socket = socket;
    socket.on('message', (bytes) => {
      const request = Request.safeParse(JSON.parse(String(bytes)));
      if (request.success) handle(session, socket, request.data);
      else {
        violations.push(`message ${String(bytes).slice(0, 200)}: ${request.error.message}`);
        socket.close(1007, 'the message does not match the format');
      }
    });
    socket.on('close', () => {
      if (session.socket === socket) session.socket = null;
    });
  }

  function handle(session: Session, socket: WebSocket, request: z.infer<typeof Request>): void {
    if (request.type === 'sequenceAck') {
      session.unacknowledged = session.unacknowledged.filter(({ sequenceId }) => sequenceId > request.sequenceId);
      return;
    }
    const answer = (error?: { name: string; message: string }) => {
      if (request.ackId === undefined) return;
      socket.send(JSON.stringify({ type: 'ack', ackId: request.ackId, success: !error, ...(error ? { error } : {}) }));
    };
    if (request.ackId !== undefined) {
      if (session.acks.has(request.ackId)) return answer({ name: 'Duplicate', message: 'already processed' });
      session.acks.add(request.ackId);
    }
    const role = request.type === 'sendToGroup' ? 'webpubsub.sendToGroup' : 'webpubsub.joinLeaveGroup';
    if (!session.roles.includes(role) && !session.roles.includes(`${role}.${request.group}`)) {
      violations.push(`${request.type} without ${role}`);
      return answer({ name: 'Forbidden', message: `the role ${role} is missing` });
    }
    if (request.type === 'joinGroup') session.groups.add(request.group);
    else if (request.type === 'leaveGroup') session.groups.delete(request.group);
    else spread(request.group, request.data);
    answer();
  }

  function spread(group: string, data: string): void {
    for (const session of sessions.values()) {
      if (!session.groups.has(group)) continue;
      session.sequence += 1;
      const { sequence: sequenceId } = session;
      const text = JSON.stringify({ sequenceId, type: 'message', from: 'group', group, dataType: 'text', data });
      session.unacknowledged.push({ sequenceId, text });
      session.socket?.send(text);
      if (session.unacknowledged.length <= QUEUED_MAX) continue;
      sessions.delete(session.id);
      session.socket?.close(1008, 'too many messages wait for a sequenceAck');
    }
  }

  async function listen(): Promise<void> {
    const http = createServer(onRequest);
    const listening = new WebSocketServer({
      server: http,
      path: `/client/hubs/${hub}`,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    listening.on('connection', onSocket);
    server = http;
    sockets = listening;
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  }

  function cut(): void {
    for (const socket of sockets?.clients ?? []) socket.terminate();
  }

  async function end(): Promise<void> {
    const [http, listening] = [server, sockets];
    if (!http || !listening) return;
    cut();
    server = null;
    sockets = null;
    listening.close();
    http.closeAllConnections();
    await new Promise<void>((resolve) => http.close(() => resolve()));
  }

  await listen();
  return {
    url: endpoint,
    port,
    connectionString: `Endpoint=${endpoint};AccessKey=${accessKey};Version=1.0;`,
    violations,
    calls,
    get recovered() {
      return recovered;
    },
    get sockets() {
      return sockets?.clients.size ?? 0;
    },
    cut,
    forget() {
      sessions.clear();
      cut();
    },
    async kill() {
      sessions.clear();
      await end();
    },
    stop: end,
    start: listen,
    close: end,
  };
}
