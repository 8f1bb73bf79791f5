import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, ServeOptions } from '../http.ts';
import type { PushStream } from '../pushstream.ts';

export interface RouteOptions<Request> extends Partial<Omit<ServeOptions, 'access'>> {
  /** Who may read what, by the framework's own request. */
  access?: Access | ((request: Request) => Access | Promise<Access>);
}

/**
 * Serves a stream in Express: `app.use('/events', pushStream(stream))`. What is given here wins over what the stream was
 * created with.
 */
export function pushStream<Request extends IncomingMessage>(
  stream: PushStream,
  { access, ...options }: RouteOptions<Request> = {},
): (request: Request, response: ServerResponse, next: (error?: unknown) => void) => void {
  return (request, response, next) => {
    const allowed = typeof access === 'function' ? () => access(request) : access;
    stream.serve(request, response, { ...options, ...(allowed && { access: allowed }) }).catch(next);
  };
}
