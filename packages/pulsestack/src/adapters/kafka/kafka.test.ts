import { startKafka } from '@pulsestack/testing';
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
