import { feature } from '../../kernel/feature.ts';
import { endpointOperations } from './api/endpoints.ts';
import { eventOperations } from './api/events.ts';
import { hookOperations } from './api/hooks.ts';
import { installingOperations } from './api/installing.ts';
import { runOperations } from './api/runs.ts';
import { tryingOperations } from './api/trying.ts';
import { workflowOperations } from './api/workflows.ts';
import { engine } from './engine/engine.ts';
import { jobs, ticks } from './jobs.ts';

export { publishDefinitionOf } from './definitions/definitions.ts';
export { nextWakeOf } from './store/cancel.ts';
export { eventOfCloud } from './triggers/cloud-event.ts';
export { eventOfMapping, receiveHook } from './triggers/hooks.ts';
export { trigger, triggerMany } from './triggers/trigger.ts';

/** Recipes and what becomes of them: events start runs, and the engine carries each run step by step to its end. */
export const workflows = feature({
  name: 'workflows',
  operations: [
    ...eventOperations,
    ...workflowOperations,
    ...tryingOperations,
    ...installingOperations,
    ...runOperations,
    ...hookOperations,
    ...endpointOperations,
  ],
  jobs,
  ticks,
  loops: [engine],
});
