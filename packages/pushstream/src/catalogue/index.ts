export { type AsyncApiOptions, toAsyncApi } from './asyncapi.ts';
export { type Catalogue, type DeclaredEvent, defineEvents, type EventDeclaration, type EventsOf } from './catalogue.ts';
export { type Change, compareEvents } from './compare.ts';
export { STREAM_CONTROLS } from './controls.ts';
export type { DataOf, EventSchema, JsonSchema, Misfit } from './schema.ts';
export { typeName, writeClientTypes, writeEventClasses, writeType } from './typescript.ts';
