import { readFileSync } from 'node:fs';
import { median, report, round } from './machine.ts';
import { freshPlace, startProduct } from './process.ts';

const IDLE_SECONDS = 20;

/** From spawn to the first answered request, cold and warm, and the memory of a process that has nothing to do. */
export async function start(options: { rounds: number }): Promise<void> {
  const cold: number[] = [];
  const warm: number[] = [];
  let idleMiB = 0;
  for (let i = 0; i < options.rounds; i++) {
    const place = await freshPlace('embedded');
    cold.push(await once(place, false));
    warm.push(await once(place, false));
    if (i === options.rounds - 1) idleMiB = await once(place, true);
    await place.remove();
  }
  report('start', {
    database: 'embedded',
    coldMs: Math.round(median(cold)),
    warmMs: Math.round(median(warm)),
    idleMiB: round(idleMiB, 0),
    bars: { warmMs: 1500, idleMiB: 350 },
  });
}

async function once(place: Awaited<ReturnType<typeof freshPlace>>, memory: boolean): Promise<number> {
  const begun = performance.now();
  const server = await startProduct(place);
  const answer = await fetch(`${server.url}/readyz`);
  const tookMs = performance.now() - begun;
  if (!answer.ok) throw new Error(`not ready: ${answer.status}`);
  if (memory) await new Promise((done) => setTimeout(done, IDLE_SECONDS * 1000));
  const rss = memory ? residentMiB(server.child.pid as number) : 0;
  await server.stop();
  return memory ? rss : tookMs;
}

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
