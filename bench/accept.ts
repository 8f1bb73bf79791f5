import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { median, report, round } from './machine.ts';
import { DEV_KEY, freshPlace, type Server, startProduct, startServer } from './process.ts';

const BARE = fileURLToPath(new URL('./servers/bare.ts', import.meta.url));
const USERS = 1000;

/** Accepting events over HTTP, durable: requests a second beside a bare prepared insert, interleaved on one machine. */
export async function accept(options: { seconds: number; rounds: number; connections: number }): Promise<void> {
  for (const kind of ['embedded', 'server'] as const) {
    const bare: number[] = [];
    const product: number[] = [];
    const p99: number[] = [];
    for (let round = 0; round < options.rounds; round++) {
      bare.push((await measure(kind, 'bare', options)).rate);
      const figures = await measure(kind, 'product', options);
      product.push(figures.rate);
      p99.push(figures.p99);
    }
    report('accept', {
      database: kind,
      connections: options.connections,
      bareInsertPerSecond: Math.round(median(bare)),
      acceptedPerSecond: Math.round(median(product)),
      acceptedP99Ms: median(p99),
      ratio: round(median(product) / median(bare)),
      bar: 0.6,
    });
  }
}

async function measure(
  kind: 'embedded' | 'server',
  which: 'bare' | 'product',
  options: { seconds: number; connections: number },
): Promise<{ rate: number; p99: number }> {
  const place = await freshPlace(kind);
  const server = which === 'bare' ? await startServer(BARE, [], place.env) : await startProduct(place);
  try {
    await load(server, 2, options.connections);
    const result = await load(server, options.seconds, options.connections);
    if (result.non2xx > 0 || result.errors > 0)
      throw new Error(`${which}: ${result.non2xx} refused, ${result.errors} failed`);
    return { rate: result['2xx'] / result.duration, p99: result.latency.p99 };
  } finally {
    await server.stop();
    await place.remove();
  }
}

function load(server: Server, seconds: number, connections: number) {
  let next = 0;
  return autocannon({
    url: `${server.url}/v1/notify`,
    connections,
    duration: seconds,
    method: 'POST',
    headers: { authorization: `Bearer ${DEV_KEY}`, 'content-type': 'application/json' },
    setupClient: (client) => {
      const send = () =>
        client.setBody(
          JSON.stringify({ to: `user-${next++ % USERS}`, title: 'Deploy finished', body: 'The **api** is live.' }),
        );
      send();
      client.on('response', send);
    },
  });
}
