import { describe } from 'vitest';
import { busContract } from '../../ports/contracts/bus.ts';
import { createMemoryBus } from './bus.ts';

describe('the bus of one process', () => {
  const shared = createMemoryBus({ drainMs: 300 });
  // Closing forgets everything, so the views of one test share what outlives them.
  busContract(async () => ({ ...shared, close: async () => undefined }));
});
