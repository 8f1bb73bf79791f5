import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contenders } from './contenders.ts';
import { stampedText } from './stamp.ts';

// One server of the comparison, in a process of its own so that its CPU time and memory are its own.

export type ServerOrder =
  /** All of them in this turn of the event loop. */
  | { kind: 'publish'; events: number; bytes: number; timed: boolean }
  /** Answers when what is garbage is gone. */
  | { kind: 'settle' };

const contender = await contenders[process.argv[2] ?? '']?.();
if (!contender) throw new Error(`Name one of: ${Object.keys(contenders).join(', ')}.`);
const server = createServer(contender.listener);
contender.attach?.(server);
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);

process.on('message', (order: ServerOrder) => {
  if (order.kind === 'publish') {
    const text = stampedText(order.bytes, order.timed);
    for (let at = 0; at < order.events; at += 1) contender.publish(text);
    return;
  }
  globalThis.gc?.();
  setTimeout(() => {
    globalThis.gc?.();
    process.send?.({});
  }, 300);
});
process.on('disconnect', () => process.exit());
