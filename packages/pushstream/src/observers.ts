import type { Connection } from './contract.ts';
import type { LogEvent } from './log.ts';

type EventListener = (event: LogEvent, cursor: string) => void;
type ConnectionListener = (connection: Connection, change: 'opened' | 'closed') => void;

/** Those who watch a hub without being readers, such as a dashboard. While there are none, they cost nothing. */
export class Observers {
  readonly #events = new Set<EventListener>();
  readonly #connections = new Set<ConnectionListener>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  onEvent(listener: EventListener): () => void {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }

  onConnection(listener: ConnectionListener): () => void {
    this.#connections.add(listener);
    return () => this.#connections.delete(listener);
  }

  tellEvent(event: LogEvent, cursor: string): void {
    if (this.#events.size === 0) return;
    for (const listener of this.#events) this.#tell(() => listener(event, cursor));
  }

  tellConnection(connection: Connection, change: 'opened' | 'closed'): void {
    if (this.#connections.size === 0) return;
    for (const listener of this.#connections) this.#tell(() => listener(connection, change));
  }

  /** An observer that throws is no reason for readers to miss anything. */
  #tell(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#onError(error);
    }
  }
}
