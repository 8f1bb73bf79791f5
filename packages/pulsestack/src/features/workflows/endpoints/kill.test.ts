import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { databases, testApp } from '../../../testing/index.ts';
import { inApp, MINUTE, tell } from '../testing/story.ts';

const SECRET = 'a master secret that only tests use, 32+ chars';

it.skipIf(!databases.includes('server'))(
  'a process that is killed while code runs has it called again by another one, under the same key',
  async () => {
    const app = await testApp({ database: 'server', timers: false });
    const story = tell(app);
    const asked: IncomingHttpHeaders[] = [];
    let first: () => void = () => undefined;
    const reached = new Promise<void>((settle) => (first = settle));
    const server = createServer((request, response) => {
      asked.push(request.headers);
      // The first is never answered: whoever asks is dead by then.
      if (asked.length === 1) first();
      else response.end('{"output":{"amount":7}}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await app.call('POST', '/v1/workflow-endpoints', { body: { url } });
    await story.define({
      key: 'mortal-code',
      name: 'Mortal code',
      steps: [inApp('before', 'before'), { id: 'ask', type: 'code' }, inApp('after', 'costs {{ steps.ask.amount }}')],
    });
    // The killed process lives by the clock of the machine.
    app.clock.set(new Date());
    const event = await story.start('mortal-code', 'mo');

    const child = engineProcess(
      String(
        (app.runtime.database.pool as unknown as { options: { connectionString: string } }).options.connectionString,
      ),
    );
    await reached;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    server.closeAllConnections();

    app.clock.set(new Date(Date.now() + 2 * MINUTE));
    await story.settle();
    expect(await story.titles('mo')).toEqual(['before', 'costs 7']);
    expect(asked.map((headers) => headers['idempotency-key'])).toEqual([
      asked[0]?.['webhook-id'],
      asked[0]?.['webhook-id'],
    ]);
    expect(story.codes(await story.run(event))).toEqual(['message.made', 'code.answered', 'message.made']);
    await app.close();
    server.close();
  },
);

function engineProcess(databaseUrl: string): ChildProcess {
  const script = new URL('../testing/engine-process.ts', import.meta.url).pathname;
  const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning'];
  return spawn(process.execPath, [...flags, script, databaseUrl, SECRET], { stdio: ['ignore', 'ignore', 'inherit'] });
}
