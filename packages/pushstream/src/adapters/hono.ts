import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Env } from 'hono';
import type { PushStream } from '../pushstream.ts';
import type { RouteOptions } from './express.ts';

/**
 * Serves a stream in Hono on `@hono/node-server`: `app.all('/events', pushStream(stream))`; with acknowledgements
 * `app.all('/events/ack', …)` the same. The socket is taken from Node, so nothing of the request stays in memory.
 */
export function pushStream<E extends Env = Env>(
  stream: PushStream,
  { access, ...options }: RouteOptions<Context<E>> = {},
): (context: Context<E>) => Promise<Response> {
  return async (context) => {
    const { incoming, outgoing } = nodeOf(context.env);
    context.res.headers.forEach((value, name) => {
      if (name !== 'set-cookie') outgoing.setHeader(name, value);
    });
    const cookies = context.res.headers.getSetCookie();
    if (cookies.length > 0) outgoing.setHeader('Set-Cookie', cookies);
    const allowed = typeof access === 'function' ? () => access(context) : access;
    await stream.serve(incoming, outgoing, { ...options, ...(allowed && { access: allowed }) });
    // Tells the server of Hono that the answer is given.
    return new Response(null, { headers: { 'x-hono-already-sent': 'true' } });
  };
}

/** `@hono/node-server` gives them as they are, or, beside WebSockets of other runtimes, in `server`. */
function nodeOf(env: unknown): { incoming: IncomingMessage; outgoing: ServerResponse } {
  const bindings = (env ?? {}) as { incoming?: IncomingMessage; outgoing?: ServerResponse; server?: unknown };
  const { incoming, outgoing } = bindings;
  if (incoming && outgoing) return { incoming, outgoing };
  if (bindings.server) return nodeOf(bindings.server);
  throw new Error('pushstream/hono needs the sockets of Node; serve the application with @hono/node-server.');
}
