import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config.ts';
import { backplaneOf } from './backplane.ts';

const DATABASE_URL = 'postgres://db/x';
const REDIS_URL = 'redis://cache:6379';
const NATS_URL = 'nats://news:4222';

describe('the backplane', () => {
  it.each([
    [{}, 'none'],
    [{ REDIS_URL }, 'none'],
    [{ DATABASE_URL }, 'postgres'],
    [{ DATABASE_URL, NATS_URL }, 'nats'],
    [{ DATABASE_URL, NATS_URL, REDIS_URL }, 'redis'],
    [{ DATABASE_URL, NATS_URL, REDIS_URL, PULSESTACK_BACKPLANE: 'postgres' }, 'postgres'],
    [{ DATABASE_URL, REDIS_URL, PULSESTACK_BACKPLANE: 'none' }, 'none'],
    [
      {
        DATABASE_URL,
        PULSESTACK_BACKPLANE: 'azure',
        PULSESTACK_AZURE_WEB_PUBSUB: 'Endpoint=https://x.webpubsub.azure.com;AccessKey=a;Version=1.0;',
      },
      'azure',
    ],
  ])('of %j is %s', (env, kind) => {
    expect(backplaneOf(loadConfig(env))).toBe(kind);
  });
});
