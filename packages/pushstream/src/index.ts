export { type AckStore, createMemoryAcks } from './acks.ts';
export {
  type AcknowledgedRecord,
  type Audit,
  type AuditRecord,
  createMemoryAudit,
  type HandedRecord,
  type MemoryAudit,
  type Recipient,
} from './audit.ts';
export { type Backplane, BackplaneUnavailable } from './backplane/backplane.ts';
export { createMemoryBus, type MemoryBus } from './backplane/memory.ts';
export { joinNodes, type Nodes, type NodesOptions, type NodesStats } from './backplane/nodes.ts';
export { type Clock, systemClock } from './clock.ts';
export { compileFilter, type FilterableEvent } from './compile-filter.ts';
export type {
  AttachOptions,
  CloseReason,
  Connection,
  EndReason,
  Hub,
  HubLimits,
  HubOptions,
  HubStats,
  ResetReason,
  Start,
  StartHints,
} from './contract.ts';
export { type Cursor, compareCursors, createEpoch, formatCursor, parseCursor } from './cursor.ts';
export {
  bothFilters,
  type Condition,
  checkFilter,
  FILTER_LIMITS,
  type Filter,
  FilterError,
  type FilterValue,
  parseFilter,
} from './filter.ts';
export { encodeControl, encodeEvent, isEventName } from './frame.ts';
export { type Access, type Grant, type ServeOptions, serveEvents } from './http.ts';
export { serveAck } from './http-ack.ts';
export type { CorsOptions, Refusal } from './http-answer.ts';
export { createHub } from './hub.ts';
export type { AppendableLog, LogEvent, LogHead, NewEvent, StreamLog, Tags } from './log.ts';
export { createMemoryLog, type MemoryLog, type MemoryLogOptions } from './memory-log.ts';
export {
  type Catalogue,
  createPushStream,
  PublishError,
  type PublishOptions,
  type PushStream,
  type PushStreamOptions,
  streamOf,
  type Target,
} from './pushstream.ts';
export { type Origins, readCookie } from './request.ts';
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
export type { KeptTicket, TicketUses } from './ticket-uses.ts';
export { createTickets, type TicketGrant, type Tickets, type TicketsOptions } from './tickets.ts';
export type { Whose } from './whose.ts';
