import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHandle, type EndpointOptions, MAX_BODY_BYTES } from './endpoint.ts';

/** Serves workflows from a server of `node:http`: `createServer(serveWorkflows({ workflows, secret }))`. */
export function serveWorkflows(
  options: EndpointOptions,
): (request: IncomingMessage & { body?: unknown }, response: ServerResponse) => Promise<void> {
  const handle = createHandle(options);
  return async (request, response) => {
    const { method = 'GET', headers } = request;
    try {
      const body = await readBody(request);
      const answer = await handle({ method, header: (name) => headers[name]?.toString(), body });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } catch {
      // Whoever asked went away in the middle, so there is nobody to answer.
      response.destroy();
    }
  };
}

/** The body as it came over the wire; null when a framework has parsed it, so that it cannot be checked any more. */
async function readBody(request: IncomingMessage & { body?: unknown }): Promise<string | null> {
  if (typeof request.body === 'string') return request.body;
  if (Buffer.isBuffer(request.body)) return request.body.toString('utf8');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // What is too long is read to its end and forgotten, and refused for its length.
    if (bytes <= MAX_BODY_BYTES + 1) chunks.push(chunk);
  }
  return bytes === 0 && request.body !== undefined ? null : Buffer.concat(chunks).toString('utf8');
}
