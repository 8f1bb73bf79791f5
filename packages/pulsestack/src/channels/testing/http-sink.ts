import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpSink {
  url: string;
  requests: { method: string; path: string; headers: Record<string, string>; body: string }[];
  /** The next answers, the first one first; afterwards 200. */
  script: { status: number; headers?: Record<string, string>; body?: string; hang?: boolean; after?: Promise<void> }[];
  close(): Promise<void>;
}

/** A real HTTP server that remembers what it was asked. */
export async function startHttpSink(): Promise<HttpSink> {
  const requests: HttpSink['requests'] = [];
  const script: HttpSink['script'] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    requests.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString('utf8'),
    });
    const answer = script.shift() ?? { status: 200 };
    if (answer.hang) return;
    await answer.after;
    response.writeHead(answer.status, answer.headers ?? {});
    response.end(answer.body ?? '');
  });
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    script,
    close: () =>
      new Promise((settle) => {
        server.close(() => settle());
        server.closeAllConnections();
      }),
  };
}
