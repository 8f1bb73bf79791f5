import type { LogEvent } from './log.ts';

/** Events the engine itself speaks; application events may not begin with `ps.`. */
export type ControlName = 'ps.open' | 'ps.sync' | 'ps.reset' | 'ps.drain' | 'ps.busy' | 'ps.expired';

/** An event as readers see it: without what only filters and erasure need. */
export interface StreamEvent extends Omit<LogEvent, 'tags' | 'about'> {
  kind: 'event';
  cursor: string;
}

export interface StreamControl {
  kind: 'control';
  name: ControlName;
  data: Readonly<Record<string, string | number>>;
  /** Set when the reader may resume from here. */
  cursor: string | null;
}

/** What an object sink receives. The same event is the same object for every reader, so an encoding can be cached by identity. */
export type StreamMessage = StreamEvent | StreamControl;

/** What the hub calls when a sink has room again or is gone. */
export interface SinkOwner {
  drained(): void;
  closed(): void;
}

interface Sink {
  /** Called once, before anything is sent. */
  open(owner: SinkOwner): void;
  /** Ends after what was sent has left. */
  end(): void;
  /** Ends now. */
  destroy(): void;
}

/** A transport of bytes: server-sent events over a socket or a response. */
export interface ByteSink extends Sink {
  kind: 'bytes';
  /** False means: send no more until `owner.drained()`. The bytes given are taken in either case, and must not be changed. */
  write(bytes: Uint8Array): boolean;
}

/** A transport of messages, such as a Socket.IO socket. */
export interface ObjectSink extends Sink {
  kind: 'objects';
  /** False means: send no more until `owner.drained()`; anything else means there is room. */
  send(message: StreamMessage): boolean | void;
  /**
   * Several at once, in order, where a transport can make one write of them. Without it each goes to `send`. What is given is
   * valid during the call.
   */
  sendMany?(frames: readonly { readonly message: StreamMessage }[]): boolean | void;
}

export type Transport = ByteSink | ObjectSink;
