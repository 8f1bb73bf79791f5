import type { ServerResponse } from 'node:http';
import type { ByteSink, SinkOwner } from './sink.ts';

/** Writes through a response where the socket cannot be had: HTTP/2, pipelined requests, injected test requests. */
export class ResponseSink implements ByteSink {
  readonly kind = 'bytes';
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  open(owner: SinkOwner): void {
    const response = this.#response;
    response.on('drain', () => owner.drained());
    response.on('close', () => owner.closed());
    response.on('error', () => {});
    if (response.destroyed) queueMicrotask(() => owner.closed());
  }

  write(bytes: Uint8Array): boolean {
    return this.#response.write(bytes) || this.#response.writableLength === 0;
  }

  end(): void {
    this.#response.end();
  }

  destroy(): void {
    this.#response.destroy();
  }
}
