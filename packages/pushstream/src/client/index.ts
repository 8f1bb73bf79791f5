export { type AddressParts, streamAddress } from './address.ts';
export { createEventStream } from './event-stream.ts';
export {
  type AckOptions,
  type EventMap,
  type EventStream,
  type EventStreamOptions,
  type RegisteredEvents,
  type RequestOptions,
  type StreamEventOf,
  StreamRefused,
  type StreamRegister,
  type StreamReset,
  type StreamState,
} from './options.ts';
export { createParser, type ParsedEvent, type Parser, type ParserListener } from './parser.ts';
