import type { EndpointOptions } from './endpoint.ts';
import { serveWorkflows as serve } from './web.ts';

/** Serves workflows in the App Router of Next: `export const { GET, POST } = serveWorkflows({ workflows, secret })`. */
export function serveWorkflows(
  options: EndpointOptions,
): Record<'GET' | 'POST', (request: Request) => Promise<Response>> {
  const answer = serve(options);
  return { GET: answer, POST: answer };
}
