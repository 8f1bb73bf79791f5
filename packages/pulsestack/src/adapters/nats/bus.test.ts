import { eventually, type PrivateServer, startNats } from '@pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busContract } from '../../ports/contracts/bus.ts';
import { silentLog } from '../../ports/log.ts';
import { openNatsBus } from './bus.ts';

describe('the bus over NATS JetStream', () => {
  let server: PrivateServer;
  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server.close());
  const open = () => openNatsBus({ url: server.url, log: silentLog, drainMs: 300, ackWaitMs: 1_500 });

  busContract(open);

  it('keeps what was published over the death of the server, and its members find it again', async () => {
    const bus = await open();
    const heard: string[] = [];
    const troubles: (string | null)[] = [];
    await bus.subscribe(
      'restart.orders',
      'g',
      async (messages) => void heard.push(...messages.map((one) => one.value.toString())),
      { from: 'latest', onTrouble: (sentence) => troubles.push(sentence) },
    );
    const say = (id: string) => bus.publish('restart.orders', [{ key: 'k', value: id, headers: {}, id }]);
    await say('one');
    await eventually('the first', () => heard.includes('one'));
    await server.kill();
    await eventually('that it is away', () => !bus.healthy);
    await expect(say('lost')).rejects.toThrow('NATS is away');
    await server.start();
    await eventually('that it is back', () => bus.healthy);
    await eventually('the second is taken', () =>
      say('two').then(
        () => true,
        () => false,
      ),
    );
    await eventually('the second', () => heard.includes('two'));
    // The server may have died before it wrote down that the first was taken.
    expect([...new Set(heard)]).toEqual(['one', 'two']);
    await bus.close();
  });

  it('ends although the server is gone', async () => {
    const gone = await startNats();
    const bus = await openNatsBus({ url: gone.url, log: silentLog, drainMs: 300 });
    await bus.subscribe('gone.orders', 'g', async () => undefined, { from: 'latest' });
    await gone.close();
    await eventually('that it is away', () => !bus.healthy);
    const began = performance.now();
    await bus.close();
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('says what is missing', async () => {
    await expect(openNatsBus({ url: 'nats://127.0.0.1:1', log: silentLog })).rejects.toThrow(
      'NATS does not answer at 127.0.0.1:1',
    );
  });
});
