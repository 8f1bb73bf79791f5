import { eventually, startRedis } from '@pulsestack/testing';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { backplaneContract } from '../testing/backplane-contract.ts';
import { openRedisBackplane } from './redis.ts';

const BROKEN = /ECONNREFUSED|ECONNRESET|EPIPE|Connection is closed/;

for (const cluster of [false, true]) {
  backplaneContract(cluster ? 'sharded Redis' : 'Redis', async () => {
    const server = await startRedis({ cluster });
    const ask = async <T>(run: (redis: Redis) => Promise<T>): Promise<T> => {
      const redis = new Redis(server.url);
      redis.on('error', () => {});
      return run(redis).finally(() => redis.disconnect());
    };
    const isReady = async (redis: Redis) => /cluster_state:ok/.test(String(await redis.cluster('INFO')));
    const settle = async () => {
      if (!cluster) return;
      await ask(async (redis) => {
        if (!(await isReady(redis))) await redis.cluster('ADDSLOTSRANGE', 0, 16383).catch(() => {});
        await eventually('a whole cluster', () => isReady(redis));
      });
    };
    await settle();
    return {
      open: () =>
        openRedisBackplane({
          url: server.url,
          onError: (error) => {
            if (!BROKEN.test(String(error)) && !cluster) throw error;
          },
        }),
      kill: server.kill,
      async start() {
        await server.start();
        await settle();
      },
      disconnect: () =>
        ask(async (redis) => {
          await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
          await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        }),
      connections: () =>
        ask(async (redis) => {
          const clients = String(await redis.client('LIST'));
          return clients.split('\n').filter((line) => line.includes('name=pushstream')).length;
        }),
      close: server.close,
    };
  });
}

describe('opening Redis', () => {
  it('says where it was looked for, without the password', async () => {
    await expect(openRedisBackplane({ url: 'redis://user:secret@127.0.0.1:1' })).rejects.toThrow(
      /^Redis does not answer at redis:\/\/user:…@127\.0\.0\.1:1: connect ECONNREFUSED/,
    );
  });
});
