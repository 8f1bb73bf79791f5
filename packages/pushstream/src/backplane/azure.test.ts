import { eventually } from '@pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureStandIn, startAzureStandIn } from '../testing/azure-stand-in.ts';
import { backplaneContract } from '../testing/backplane-contract.ts';
import { openAzureBackplane } from './azure.ts';
import { parseConnectionString } from './azure-service.ts';

backplaneContract('Azure Web PubSub', async () => {
  const server = await startAzureStandIn('nodes');
  return {
    open: () => openAzureBackplane({ connectionString: server.connectionString, hub: 'nodes' }),
    kill: server.kill,
    start: server.start,
    disconnect: async () => server.cut(),
    connections: async () => server.sockets,
    async close() {
      await server.close();
      if (server.violations.length > 0) throw new Error(server.violations.join('\n'));
    },
  };
});

describe('Azure Web PubSub', () => {
  let server: AzureStandIn;
  const open = () => openAzureBackplane({ connectionString: server.connectionString, hub: 'nodes' });
  beforeAll(async () => {
    server = await startAzureStandIn('nodes');
  });
  afterAll(() => server.close());

  it('takes an interrupted connection up again and hears what was sent meanwhile, once', async () => {
    const [one, other] = [await open(), await open()];
    const heard: string[] = [];
    await other.subscribe('news', (message) => heard.push(message));
    for (let i = 0; i < 20; i++) await one.publish('news', `m${i}`);
    server.cut();
    await eventually('the loss noticed', () => !one.healthy && !other.healthy);
    // The REST API carries what the socket cannot.
    await one.publish('news', 'meanwhile');
    expect(server.calls.get(':send')).toBe(1);
    await eventually('both back', () => one.healthy && other.healthy);
    await one.publish('news', 'after');
    await eventually('the last message', () => heard.includes('after'));
    expect(heard).toEqual([...Array.from({ length: 20 }, (_, i) => `m${i}`), 'meanwhile', 'after']);
    expect(server.recovered).toBe(2);
    expect(server.calls.get(':generateToken')).toBe(2);
    await Promise.all([one.close(), other.close()]);
  });

  it('makes a new connection and joins again when the service has forgotten the old one', async () => {
    const one = await open();
    const heard: string[] = [];
    await one.subscribe('news', (message) => heard.push(message));
    const tokens = server.calls.get(':generateToken') ?? 0;
    server.forget();
    await eventually('the loss noticed', () => !one.healthy);
    await eventually('a new token', () => server.calls.get(':generateToken') === tokens + 1);
    await eventually('back', () => one.healthy);
    await one.publish('news', 'again');
    await eventually('the message', () => heard.includes('again'));
    await one.close();
  });

  it('acknowledges what it hears, so that the service never gives the connection up', async () => {
    const one = await open();
    let heard = 0;
    await one.subscribe('many', () => {
      heard += 1;
    });
    for (let round = 0; round < 4; round++) {
      await Promise.all(Array.from({ length: 600 }, () => one.publish('many', 'x')));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await eventually('all messages', () => heard === 2400);
    expect(one.healthy).toBe(true);
    await one.close();
  });

  it('was asked nothing that breaks the contract', () => {
    expect(server.violations).toEqual([]);
  });

  it('names what is wrong with the key, the address and the connection string', async () => {
    const wrongKey = server.connectionString.replace(/AccessKey=[^;]+/, 'AccessKey=d3Jvbmc=');
    await expect(openAzureBackplane({ connectionString: wrongKey, hub: 'nodes' })).rejects.toThrow(
      'refuses the access key',
    );
    await expect(
      openAzureBackplane({ connectionString: 'Endpoint=http://127.0.0.1:1;AccessKey=x;Version=1.0;' }),
    ).rejects.toThrow('Azure Web PubSub does not answer at http://127.0.0.1:1');
    expect(() => parseConnectionString('AccessKey=x')).toThrow('Endpoint=https://…');
    expect(parseConnectionString('Endpoint=http://localhost;Port=8080;AccessKey=a+b/c==;Version=1.0;')).toEqual({
      endpoint: 'http://localhost:8080',
      accessKey: 'a+b/c==',
    });
  });
});
