import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What Node keeps on a socket for its HTTP parser. Undocumented, so each part is looked for before it is used. */
interface ParsedSocket extends Socket {
  parser?: HttpParser | null;
}

interface HttpParser {
  unconsume?: () => void;
  remove?: () => void;
  close?: () => void;
  incoming?: unknown;
  outgoing?: unknown;
  socket?: unknown;
  onIncoming?: unknown;
}

const HTTP_LISTENERS = new Set([
  'bound socketOnClose',
  'bound socketOnData',
  'bound socketOnDrain',
  'bound socketOnEnd',
  'socketOnError',
  'socketOnTimeout',
  'onSocketResume',
  'onSocketPause',
]);

/**
 * Takes the socket away from the HTTP server, or returns `null` when it cannot be had. From then on nothing of the request
 * stays in memory, and what is written to the socket goes out as it is.
 */
export function takeSocket(request: IncomingMessage, response: ServerResponse): Socket | null {
  const socket: ParsedSocket | null = response.socket;
  // No socket of its own: HTTP/2, an injected request, or a response queued behind another one.
  if (request.httpVersionMajor !== 1 || !socket || typeof response.detachSocket !== 'function') return null;
  if (typeof socket.setNoDelay !== 'function' || socket.destroyed) return null;
  response.detachSocket(socket);
  // Adding a reader makes Node hand the bytes of the connection from its parser back to the socket.
  socket.on('data', ignore);
  for (const event of ['close', 'data', 'drain', 'end', 'error', 'timeout', 'resume', 'pause']) {
    for (const listener of socket.listeners(event)) {
      if (HTTP_LISTENERS.has(listener.name)) socket.removeListener(event, listener as () => void);
    }
  }
  socket.removeListener('data', ignore);
  // The parser is at this moment still calling us.
  setImmediate(dropParser, socket);
  return socket;
}

function dropParser(socket: ParsedSocket): void {
  const parser = socket.parser;
  if (!parser) return;
  parser.remove?.();
  parser.incoming = null;
  parser.outgoing = null;
  parser.socket = null;
  parser.onIncoming = null;
  parser.close?.();
  socket.parser = null;
}

function ignore(): void {}
