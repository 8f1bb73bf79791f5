export {
  createEventStream,
  type EventMap,
  type EventStream,
  type EventStreamOptions,
  type StreamEventOf,
  StreamRefused,
  type StreamReset,
  type StreamState,
} from './event-stream.ts';
export { createParser, type ParsedEvent, type Parser, type ParserListener } from './parser.ts';
