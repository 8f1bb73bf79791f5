import type { EndpointOptions } from './endpoint.ts';
import { serveWorkflows as serve } from './web.ts';

/** Serves workflows in Hono: `app.all('/api/pulsestack', serveWorkflows({ workflows, secret }))`. */
export function serveWorkflows(options: EndpointOptions): (context: { req: { raw: Request } }) => Promise<Response> {
  const answer = serve(options);
  return (context) => answer(context.req.raw);
}
