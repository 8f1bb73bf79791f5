export type { CallOptions } from './call.ts';
export { type FieldError, PulseStackError } from './error.ts';
export * from './generated.ts';
export { type Page, Pages } from './pages.ts';
export { PulseStack, type PulseStackOptions, type WorkflowPayloads } from './pulse-stack.ts';
