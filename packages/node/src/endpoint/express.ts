import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EndpointOptions } from './endpoint.ts';
import { serveWorkflows as serve } from './http.ts';

/** Serves workflows in Express: `app.use('/api/pulsestack', serveWorkflows({ workflows, secret }))`, before `express.json()`. */
export function serveWorkflows(
  options: EndpointOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return serve(options);
}
