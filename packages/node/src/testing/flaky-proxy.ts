import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What the proxy does to one connection. */
export type Fate = 'pass' | 'cut-answer' | 'refuse';

export interface FlakyProxy {
  url: string;
  /** Connections that reached the server behind. */
  readonly passed: number;
  close(): Promise<void>;
}

/**
 * A TCP proxy with a fate for each connection in order; after the last fate everything passes.
 * `cut-answer` waits until the server has begun to answer, so its commit is done, and then cuts the connection without a byte of it.
 */
export async function startFlakyProxy(target: string, fates: Fate[]): Promise<FlakyProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let passed = 0;
  const server: Server = createServer((client) => {
    const fate = fates.shift() ?? 'pass';
    open.add(client);
    client.on('error', () => undefined).on('close', () => open.delete(client));
    if (fate === 'refuse') return void client.destroy();
    passed++;
    const upstream = connect(Number(port), hostname);
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    client.pipe(upstream);
    if (fate === 'cut-answer') upstream.once('data', () => client.resetAndDestroy());
    else upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get passed() {
      return passed;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
