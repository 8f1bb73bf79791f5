import { createHandle, type EndpointOptions } from './endpoint.ts';

/** Serves workflows to whoever speaks `Request` and `Response`: Bun, Deno, workers, and frameworks on top of them. */
export function serveWorkflows(options: EndpointOptions): (request: Request) => Promise<Response> {
  const handle = createHandle(options);
  return async (request) => {
    const header = (name: string) => request.headers.get(name) ?? undefined;
    const { status, headers, body } = await handle({ method: request.method, header, body: await request.text() });
    return new Response(body, { status, headers });
  };
}
