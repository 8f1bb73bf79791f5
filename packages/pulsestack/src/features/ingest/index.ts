import { feature } from '../../kernel/feature.ts';
import { sinkOperations } from './api/sinks.ts';
import { sourceOperations } from './api/sources.ts';
import { consumers } from './consumers.ts';
import { forwarder } from './forwarder.ts';
import { ticks } from './jobs.ts';

/** The bus: messages of other systems become events, and what happens here is told to other systems. */
export const ingest = feature({
  name: 'ingest',
  operations: [...sourceOperations, ...sinkOperations],
  ticks,
  loops: [consumers, forwarder],
});
