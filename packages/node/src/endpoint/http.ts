import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHandle, type EndpointOptions, MAX_BODY_BYTES } from './endpoint.ts';

/** Serves workflows from a server of `node:http`: `createServer(serveWorkflows({ workflows, secret }))`. */
export function serveWorkflows(
  options: EndpointOptions,
): (request: IncomingMessage & { body?: unknown }, response: ServerResponse) => Promise<void> {
  const handle = createHandle(options);
  return async (request, response) => {
    const { method = 'GET', headers } = request;
    const body = await readBody(request);
    const answer = await handle({ method, header: (name) => headers[name]?.toString(), body });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
}

/** The body as it came over the wire. What a framework has parsed already cannot be checked any more. */
async function readBody(request: IncomingMessage & { body?: unknown }): Promise<string> {
  if (typeof request.body === 'string') return request.body;
  if (Buffer.isBuffer(request.body)) return request.body.toString('utf8');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES + 1) chunks.push(chunk);
  }
  if (bytes === 0 && request.body !== undefined)
    throw new Error(
      'The body was parsed before workflows are served, so its signature cannot be checked. Put serveWorkflows before express.json().',
    );
  return Buffer.concat(chunks).toString('utf8');
}
