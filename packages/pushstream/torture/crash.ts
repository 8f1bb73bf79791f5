import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startReference } from '../conformance/reference.ts';
import { createFileLog } from '../src/file-log.ts';
import { createRandom } from '../src/testing/random.ts';
import { judge, type Published } from './oracle.ts';
import { Wanderer } from './wanderer.ts';
import type { Outcome } from './world.ts';

const READERS = 8;
const KILLS = 3;
const PATIENCE_MS = 20_000;

/** A server over a log in files that is killed in the middle of everything; in the end the log itself says what is right. */
export async function runCrashes(seed: number): Promise<Outcome> {
  const random = createRandom(seed);
  const directory = await mkdtemp(join(tmpdir(), 'pushstream-torture-'));
  const target = await startReference(directory);
  const port = Number(new URL(target.url).port);
  const cursor = (await target.can.cursor?.()) ?? '';
  const readers = Array.from({ length: READERS }, (_, index) => {
    const own = createRandom(seed + 1_000 + index);
    return new Wanderer({ name: `reader ${index}`, port: () => port, path: '/events', cursor, random: own });
  });
  const acknowledged: number[] = [];
  let n = 0;
  let wrong: string | null = null;
  try {
    for (let round = 0; round < KILLS; round += 1) {
      let publishing = true;
      const publishers = Array.from({ length: 4 }, async () => {
        while (publishing) {
          n += 1;
          const mine = n;
          const data = { n: mine, text: 'é'.repeat(random(600)) };
          const receipt = await target.publish({ to: 'everyone', name: 'test.a', data }).catch(() => null);
          if (!receipt) return;
          if (receipt.status === 202) acknowledged.push(mine);
        }
      });
      await wait(100 + random(400));
      await target.can.kill?.();
      publishing = false;
      await Promise.all(publishers);
      await target.can.restart?.();
    }
    n += 1;
    await target.publish({ to: 'everyone', name: 'test.a', data: { n } });
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline && readers.some(({ seen }) => seen.at(-1) !== n)) await wait(20);
    for (const reader of readers) reader.close();
    await target.can.kill?.();
    const log = await createFileLog({ directory });
    const events = (await log.read(0, 1_000_000)).map(({ data }) => known((JSON.parse(data) as { n: number }).n));
    await log.close();
    const kept = new Set(events.map((event) => event.n));
    const lost = acknowledged.find((one) => !kept.has(one));
    if (lost !== undefined) wrong = `event ${lost} was acknowledged and is not on the log`;
    for (const reader of readers) wrong ??= judge({ reader, concerns: () => true }, events)?.wrong ?? null;
    const connections = readers.reduce((sum, reader) => sum + reader.connections, 0);
    return {
      wrong,
      summary: `${events.length} events, ${acknowledged.length} acknowledged, ${KILLS} kills, ${connections} connections`,
    };
  } finally {
    for (const reader of readers) reader.close();
    await target.close();
    await rm(directory, { recursive: true, force: true });
  }
}

const known = (n: number): Published => ({ n, user: null, name: 'test.a', tags: {}, about: null, erased: false });
