import { eventually, startKafka } from '@pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busContract } from '../../ports/contracts/bus.ts';
import { silentLog } from '../../ports/log.ts';
import { parseKafkaUrl } from './address.ts';
import { openKafkaBus } from './index.ts';

describe('the bus over Kafka', () => {
  let broker: Awaited<ReturnType<typeof startKafka>>;
  beforeAll(async () => {
    broker = await startKafka();
  });
  afterAll(() => broker.close());

  busContract(() =>
    openKafkaBus({ url: `kafka://${broker.brokers.join(',')}`, log: silentLog, drainMs: 300, sessionMs: 3_000 }),
  );

  it('refuses to publish while the brokers are silent, and goes on when they answer again', async () => {
    const silent = await startKafka();
    const bus = await openKafkaBus({
      url: `kafka://${silent.brokers.join(',')}`,
      log: silentLog,
      drainMs: 300,
      sessionMs: 3_000,
      requestMs: 1_000,
    });
    const heard: string[] = [];
    await bus.subscribe(
      'orders',
      'g',
      async (messages) => void heard.push(...messages.map((one) => one.value.toString())),
      { from: 'latest' },
    );
    const say = (id: string) => bus.publish('orders', [{ key: 'k', value: id, headers: {}, id }]);
    await say('one');
    await eventually('the first', () => heard.includes('one'));
    silent.pause();
    await expect(say('lost')).rejects.toThrow();
    expect(bus.healthy).toBe(false);
    silent.resume();
    await eventually('that it is back', () =>
      say('two').then(
        () => true,
        () => false,
      ),
    );
    expect(bus.healthy).toBe(true);
    await eventually('the second', () => heard.includes('two'), 40_000);
    await bus.close();
    await silent.close();
  });

  it('says what is missing', async () => {
    await expect(openKafkaBus({ url: 'kafka://127.0.0.1:1', log: silentLog })).rejects.toThrow(
      'Kafka does not answer at 127.0.0.1:1',
    );
  });

  it('takes addresses of several brokers, with TLS and a password', () => {
    expect(parseKafkaUrl('kafka+ssl://ada:p%40ss@one:9092,two:9093?mechanism=scram-sha-512')).toEqual({
      brokers: ['one:9092', 'two:9093'],
      ssl: true,
      username: 'ada',
      password: 'p@ss',
      mechanism: 'scram-sha-512',
    });
    expect(() => parseKafkaUrl('kafka://nowhere')).toThrow('must look like');
  });
});
