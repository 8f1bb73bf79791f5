import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

// Beside the bundle when installed from a package, in the dashboard's own folder inside the repository.
const PLACES = ['./dashboard/', '../../../../../apps/dashboard/dist/'];

const POLICY =
  "default-src 'self'; img-src 'self' https: http: data:; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Serves the dashboard: hashed assets for ever, and the page itself for every address that is no API. */
export async function addDashboard(server: FastifyInstance): Promise<void> {
  const root = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((place) =>
    existsSync(`${place}index.html`),
  );
  if (!root) {
    server.get('/', async (_request, reply) =>
      reply
        .type('text/plain; charset=utf-8')
        .send('PulseStack is running. The dashboard is not built; run: npm run build\n'),
    );
    return;
  }
  await server.register(fastifyStatic, {
    root,
    serve: false,
    setHeaders(reply, path) {
      reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  // Read from the disk on each request, so that a new build is served without a restart.
  server.get<{ Params: { file: string } }>('/assets/:file(^[\\w-][\\w.-]*$)', async (request, reply) =>
    reply.sendFile(`assets/${request.params.file}`),
  );
  for (const file of readdirSync(root, { withFileTypes: true })) {
    if (file.isFile() && file.name !== 'index.html')
      server.get(`/${file.name}`, async (_request, reply) => reply.sendFile(file.name));
  }
  server.get('/', async (_request, reply) => reply.header('content-security-policy', POLICY).sendFile('index.html'));
  // `/preferences` itself is the page behind the links in messages.
  server.get('/preferences/*', async (_request, reply) =>
    reply.header('content-security-policy', POLICY).sendFile('index.html'),
  );
  for (const section of DASHBOARD_SECTIONS) {
    for (const url of [`/${section}`, `/${section}/*`]) {
      server.get(url, async (_request, reply) =>
        reply.header('content-security-policy', POLICY).sendFile('index.html'),
      );
    }
  }
}

/** The first parts of the dashboard's own addresses; anything else unknown stays a 404. */
export const DASHBOARD_SECTIONS = [
  'messages',
  'workflows',
  'runs',
  'integrations',
  'jobs',
  'suppressions',
  'schedules',
  'explain',
  'live',
  'templates',
  'streams',
  'event-bus',
  'catalog',
  'sign-in',
  'sign-up',
  'forgot-password',
  'reset-password',
  'verify-email',
  'invitations',
  'notifications',
  'publish',
  'inbox',
  'users',
  'topics',
  'members',
  'roles',
  'api-keys',
  'audit',
  'settings',
  'mailbox',
  'workspaces',
] as const;
