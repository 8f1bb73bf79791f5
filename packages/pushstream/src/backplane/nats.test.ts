import { startNats } from '@pulsestack/testing';
import { expect, it } from 'vitest';
import { backplaneContract } from '../testing/backplane-contract.ts';
import { openNatsBackplane } from './nats.ts';

backplaneContract('NATS', async () => {
  const server = await startNats();
  return {
    open: () => openNatsBackplane({ url: server.url }),
    kill: server.kill,
    start: server.start,
    async disconnect() {
      await server.kill();
      await server.start();
    },
    async connections() {
      const answer = (await (await fetch(`${server.monitorUrl}/connz`)).json()) as { num_connections: number };
      return answer.num_connections;
    },
    close: server.close,
  };
});

it('says where NATS was looked for', async () => {
  await expect(openNatsBackplane({ url: 'nats://user:secret@127.0.0.1:1' })).rejects.toThrow(
    /NATS does not answer at nats:\/\/user:…@127\.0\.0\.1:1/,
  );
});
