import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFileLog } from '../file-log.ts';
import { createPushStream } from '../pushstream.ts';

// A server of a process of its own, that publishes as fast as its log allows and says what was acknowledged, until it is killed.
// node file-publisher.ts <directory> <events, 0 for without end> <port>

const [directory = '', events = '0', port = '0'] = process.argv.slice(2);
const log = await createFileLog({ directory, segmentBytes: 64 * 1024 }).catch((error: Error) => {
  process.stdout.write(`refused ${error.message}\n`);
  process.exit(3);
});
const stream = createPushStream({ log, acks: log.acks, retryMs: 50 });
const server = createServer(stream.handler);
await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);

let n = (await log.head()).head;
const publishOne = async () => {
  n += 1;
  const mine = n;
  try {
    const cursor = await stream.publish({ everyone: true }, 'test.event', { n: mine, text: 'x'.repeat(mine % 700) });
    process.stdout.write(`acknowledged ${cursor}\n`);
  } catch (error) {
    process.stdout.write(`failed ${(error as Error).message}\n`);
    process.stdout.write(`readable ${(await log.read(0, 1_000_000)).length}\n`);
    process.exit(4);
  }
};
while (events === '0' || n < Number(events)) await Promise.all([publishOne(), publishOne(), publishOne()]);
process.stdout.write('done\n');
