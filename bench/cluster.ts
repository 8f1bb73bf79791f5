// Several nodes behind the shipped proxies, with all harm that e2e/cluster.test.ts does, in larger numbers:
//   node --conditions=source bench/cluster.ts --readers 1000 --events 50000 --proxy nginx
import { parseArgs } from 'node:util';
import { startFleet, startShippedHaproxy, startShippedNginx } from './cluster/fleet.ts';
import { ride } from './cluster/storm.ts';
import { report, round } from './machine.ts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '3' },
    readers: { type: 'string', default: '1000' },
    events: { type: 'string', default: '20000' },
    rate: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    proxy: { type: 'string', default: 'both' },
  },
});
const PROXIES = { nginx: startShippedNginx, haproxy: startShippedHaproxy };

const fleet = await startFleet(Number(values.nodes));
try {
  for (const [name, startProxy] of Object.entries(PROXIES)) {
    if (values.proxy !== 'both' && values.proxy !== name) continue;
    const proxy = await startProxy(fleet.ports);
    const { tallies, publishedInMs, caughtUpInMs } = await ride(proxy.url, fleet, {
      readers: Number(values.readers),
      events: Number(values.events),
      eventsPerSecond: Number(values.rate),
      cutEveryMs: 10_000,
      seed: Number(values.seed) + name.length,
    });
    const sum = (figure: 'seen' | 'repeated' | 'connections' | 'refused' | 'resets') =>
      tallies.reduce((all, tally) => all + tally[figure], 0);
    report(`cluster ${name}`, {
      nodes: fleet.ports.length,
      readers: tallies.length,
      delivered: sum('seen'),
      faults: tallies.filter((tally) => tally.faults.length > 0).length,
      repeated: sum('repeated'),
      resets: sum('resets'),
      connections: sum('connections'),
      publishedInSeconds: round(publishedInMs / 1000, 1),
      caughtUpInSeconds: round(caughtUpInMs / 1000, 1),
    });
    await proxy.close();
  }
} finally {
  await fleet.close();
}
