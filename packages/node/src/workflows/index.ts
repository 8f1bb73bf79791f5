export { type CodeContext, type CodeHandler, type RunUser, StepFailed } from './code.ts';
export { and, eq, gt, gte, lt, lte, ne, not, oneOf, or, truthy } from './conditions.ts';
export { type Expression, filtered } from './expression.ts';
export type { JsonSchema, StandardSchema } from './schema.ts';
export {
  type Definition,
  type Seen,
  type Workflow,
  type WorkflowOptions,
  workflow,
} from './workflow.ts';
