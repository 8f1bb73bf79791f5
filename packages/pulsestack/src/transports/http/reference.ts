import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STREAM_EVENTS } from '@pulsestack/core';
import type { FastifyInstance } from 'fastify';
import { defineEvents, toAsyncApi } from 'pushstream/catalogue';
import { features } from '../../features/index.ts';
import { VERSION } from '../../version.ts';
import { createOpenApi } from './openapi.ts';

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" type="image/svg+xml" href="/favicon.svg"><title>PulseStack API</title></head>
<body>
<div id="reference"></div>
<script src="/reference/scalar.js"></script>
<script src="/reference/start.js"></script>
</body>
</html>`;
const START = `Scalar.createApiReference('#reference', { url: '/openapi.json', withDefaultFonts: false, hideClientButton: true, showDeveloperTools: 'never', telemetry: false, agent: { disabled: true }, mcp: { disabled: true }, authentication: { preferredSecurityScheme: 'apiKey' } });`;

/** What the API and the stream are, at /openapi.json and /asyncapi.json, and a page to read it at /reference; all without a network. */
export function addReference(server: FastifyInstance, publicUrl: string): void {
  let text: string | undefined;
  let asyncapi: string | undefined;
  server.get('/openapi.json', async (_request, reply) => {
    text ??= JSON.stringify(
      createOpenApi(
        features.flatMap((feature) => feature.operations),
        { serverUrl: publicUrl, version: VERSION },
      ),
    );
    return reply.type('application/json; charset=utf-8').header('access-control-allow-origin', '*').send(text);
  });
  server.get('/asyncapi.json', async (_request, reply) => {
    asyncapi ??= JSON.stringify(describeStream(publicUrl));
    return reply.type('application/json; charset=utf-8').header('access-control-allow-origin', '*').send(asyncapi);
  });
  server.get('/reference', async (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE));
  server.get('/reference/start.js', async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(START),
  );
  server.get('/reference/scalar.js', async (_request, reply) =>
    reply
      .type('text/javascript; charset=utf-8')
      .header('cache-control', 'public, max-age=3600')
      .send(readFileSync(scalarBundle())),
  );
}

/** The events that a browser receives, in the words in which their rooms announce them. */
function describeStream(publicUrl: string): object {
  const summaries = new Map(features.flatMap((feature) => feature.events).map((event) => [event.name, event.summary]));
  const { events } = defineEvents(
    Object.fromEntries(
      Object.entries(STREAM_EVENTS).map(([name, schema]) => [name, { schema, summary: summaries.get(name) ?? '' }]),
    ),
  );
  return toAsyncApi(events, {
    title: 'PulseStack streams',
    version: VERSION,
    description: 'What GET /v1/stream and the Socket.IO namespace /notifications send.',
    url: `${publicUrl}/v1/stream`,
  });
}

/** The reader's script: beside the bundle when installed from a package, in node_modules inside the repository. */
function scalarBundle(): string {
  const shipped = fileURLToPath(new URL('./reference/scalar.js', import.meta.url));
  if (existsSync(shipped)) return shipped;
  return join(dirname(createRequire(import.meta.url).resolve('@scalar/api-reference')), 'browser', 'standalone.js');
}
