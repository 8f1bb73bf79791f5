import { feature } from '../../kernel/feature.ts';
import { explainOperations } from './api/explain.ts';
import { integrationOperations } from './api/integrations.ts';
import { messageOperations } from './api/messages.ts';
import { sendTest } from './api/tests.ts';
import { events } from './events.ts';
import { sender } from './sender.ts';

export { decideAll as decideMessages } from './deciding.ts';
export { type Enqueued, enqueueMessages, type MessageDraft, recordSkipped } from './enqueue.ts';
export { MAX_WAIT_DAYS } from './rules.ts';
export { cancelMessages, messageStates } from './states.ts';

/** How messages leave: decisions, queue, providers, attempts, digests. */
export const delivery = feature({
  name: 'delivery',
  operations: [...messageOperations, ...explainOperations, ...integrationOperations, sendTest],
  events,
  loops: [sender],
});
