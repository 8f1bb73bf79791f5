import { backplaneContract } from '../testing/backplane-contract.ts';
import { createMemoryBus } from './memory.ts';

backplaneContract('memory', async () => {
  const bus = createMemoryBus();
  let open = 0;
  return {
    async open() {
      const backplane = await bus.open();
      open += 1;
      return {
        publish: backplane.publish,
        subscribe: backplane.subscribe,
        get healthy() {
          return backplane.healthy;
        },
        onHealth: backplane.onHealth,
        async close() {
          open -= 1;
          await backplane.close();
        },
      };
    },
    kill: async () => bus.interrupt(),
    start: async () => bus.restore(),
    async disconnect() {
      bus.interrupt();
      setTimeout(() => bus.restore(), 20);
    },
    connections: async () => open,
    close: async () => {},
  };
});
