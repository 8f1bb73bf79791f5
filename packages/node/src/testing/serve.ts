import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve as serveHono } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import type { EndpointOptions } from '../endpoint/endpoint.ts';
import { serveWorkflows as forExpress } from '../endpoint/express.ts';
import { serveWorkflows as forFastify } from '../endpoint/fastify.ts';
import { serveWorkflows as forHono } from '../endpoint/hono.ts';
import { serveWorkflows as forHttp } from '../endpoint/http.ts';
import { serveWorkflows as forNext } from '../endpoint/next.ts';

export interface Served {
  url: string;
  close(): Promise<unknown>;
}

export const PATH = '/api/pulsestack';

/** An application of each framework as people write it, with everything that could get at the body first. */
export const frameworks: Record<string, (options: EndpointOptions) => Promise<Served>> = {
  http: (options) => listen(createServer(forHttp(options) as RequestListener)),

  express(options) {
    const app = express();
    app.use(PATH, forExpress(options));
    app.use(express.json());
    return listen(createServer(app));
  },

  async fastify(options) {
    const app = fastify();
    app.post('/echo', async ({ body }) => body);
    await app.register(forFastify, options);
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url: `${url}${PATH}`, close: () => app.close() };
  },

  hono(options) {
    const app = new Hono();
    app.all(PATH, forHono(options));
    return new Promise((settle) => {
      const server = serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
        settle({ url: `http://127.0.0.1:${port}${PATH}`, close: () => closed(server as Server) }),
      );
    });
  },

  /** Next calls the exported functions with a Request; so does this server. */
  next(options) {
    const route = forNext(options);
    return listen(
      createServer(async (incoming, outgoing) => {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
        const method = incoming.method as 'GET' | 'POST';
        const response = await route[method](
          new Request(`http://localhost${incoming.url}`, {
            method,
            headers: incoming.headers as Record<string, string>,
            ...(method === 'GET' ? {} : { body: Buffer.concat(chunks) }),
          }),
        );
        outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
      }),
    );
  },
};

function listen(server: Server): Promise<Served> {
  return new Promise((settle) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      settle({ url: `http://127.0.0.1:${port}${PATH}`, close: () => closed(server) });
    });
  });
}

function closed(server: Server): Promise<unknown> {
  server.closeAllConnections();
  return new Promise((settle) => server.close(settle));
}
