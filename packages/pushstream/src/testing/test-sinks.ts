import { createParser, type ParsedEvent } from '../client/parser.ts';
import type { ByteSink, ObjectSink, SinkOwner, StreamMessage } from '../sink.ts';

/** A transport of bytes whose reader can be told to stop reading. */
export class TestByteSink implements ByteSink {
  readonly kind = 'bytes';
  readonly events: ParsedEvent[] = [];
  text = '';
  room = true;
  ended = false;
  destroyed = false;
  writes = 0;
  /** Bytes handed over while there was no room. */
  overrun = 0;
  #owner: SinkOwner | null = null;
  readonly #parser = createParser({ onEvent: (event) => this.events.push(event) });

  open(owner: SinkOwner): void {
    this.#owner = owner;
  }

  write(bytes: Uint8Array): boolean {
    const text = Buffer.from(bytes).toString();
    this.writes += 1;
    if (!this.room) this.overrun += bytes.length;
    this.text += text;
    this.#parser.push(text);
    return this.room;
  }

  end(): void {
    this.ended = true;
    this.#owner?.closed();
  }

  destroy(): void {
    this.destroyed = true;
    this.#owner?.closed();
  }

  /** The reader reads again. */
  drain(): void {
    this.room = true;
    this.#owner?.drained();
  }

  /** The client went away. */
  vanish(): void {
    this.#owner?.closed();
  }

  get names(): string[] {
    return this.events.map((event) => event.name);
  }

  get data(): string[] {
    return this.events.filter((event) => !event.name.startsWith('ps.')).map((event) => event.data);
  }

  get lastId(): string {
    return this.events.at(-1)?.id ?? '';
  }
}

export class TestObjectSink implements ObjectSink {
  readonly kind = 'objects';
  readonly messages: StreamMessage[] = [];
  room = true;
  ended = false;
  #owner: SinkOwner | null = null;

  open(owner: SinkOwner): void {
    this.#owner = owner;
  }

  send(message: StreamMessage): boolean {
    this.messages.push(message);
    return this.room;
  }

  end(): void {
    this.ended = true;
    this.#owner?.closed();
  }

  destroy(): void {
    this.#owner?.closed();
  }

  drain(): void {
    this.room = true;
    this.#owner?.drained();
  }

  get data(): string[] {
    return this.messages.flatMap((message) => (message.kind === 'event' ? [message.data] : []));
  }
}
