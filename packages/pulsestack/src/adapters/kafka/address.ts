import { BusUnavailable } from '../../ports/bus.ts';

export interface KafkaAddress {
  brokers: string[];
  ssl: boolean;
  username: string | null;
  password: string | null;
  mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
}

const ADDRESS =
  /^kafka(\+ssl)?:\/\/(?:([^:@/]+):([^@/]*)@)?([^:/?#,@]+:\d+(?:,[^:/?#,@]+:\d+)*)\/?(?:\?mechanism=(plain|scram-sha-256|scram-sha-512))?$/;

/** Takes the address of a cluster apart; several brokers are no URL by the standard. */
export function parseKafkaUrl(url: string): KafkaAddress {
  const match = ADDRESS.exec(url);
  if (!match)
    throw new BusUnavailable(
      'The address of Kafka must look like kafka://host:9092,host2:9092 or kafka+ssl://user:password@host:9093?mechanism=scram-sha-512',
    );
  const [, ssl, username, password, brokers = '', mechanism = 'plain'] = match;
  return {
    brokers: brokers.split(','),
    ssl: ssl !== undefined,
    username: username === undefined ? null : decodeURIComponent(username),
    password: password === undefined ? null : decodeURIComponent(password),
    mechanism: mechanism as KafkaAddress['mechanism'],
  };
}
