export { type Clock, systemClock } from './clock.ts';
export type {
  AttachOptions,
  CloseReason,
  Connection,
  Hub,
  HubLimits,
  HubOptions,
  HubStats,
  ResetReason,
  Start,
} from './contract.ts';
export { type Cursor, compareCursors, createEpoch, formatCursor, parseCursor } from './cursor.ts';
export { encodeControl, encodeEvent, isEventName } from './frame.ts';
export { type Access, type CorsOptions, type ServeOptions, serveEvents } from './http.ts';
export { createHub } from './hub.ts';
export type { LogEvent, LogHead, StreamLog } from './log.ts';
export { createMemoryLog, type MemoryLog, type MemoryLogOptions } from './memory-log.ts';
export {
  createPushStream,
  PublishError,
  type PushStream,
  type PushStreamOptions,
  streamOf,
  type Target,
} from './pushstream.ts';
export type {
  ByteSink,
  ControlName,
  ObjectSink,
  SinkOwner,
  StreamControl,
  StreamEvent,
  StreamMessage,
  Transport,
} from './sink.ts';
