import { feature } from '../../kernel/feature.ts';
import { catalogOperations } from './api.ts';

export { checkEvents } from './catalog.ts';

/** Which events exist in a workspace, and what their data must look like. */
export const catalog = feature({ name: 'catalog', operations: catalogOperations });
