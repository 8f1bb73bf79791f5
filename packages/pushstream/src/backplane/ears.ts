type Listener = (message: string) => void;

/** Who listens to which channel of one node. */
export class Ears {
  readonly #channels = new Map<string, Set<Listener>>();

  /** True when this is the first listener of its channel. */
  add(channel: string, listener: Listener): boolean {
    const listeners = this.#channels.get(channel);
    if (listeners) {
      listeners.add(listener);
      return false;
    }
    this.#channels.set(channel, new Set([listener]));
    return true;
  }

  /** True when it was the last listener of its channel. */
  remove(channel: string, listener: Listener): boolean {
    const listeners = this.#channels.get(channel);
    if (!listeners?.delete(listener) || listeners.size > 0) return false;
    return this.#channels.delete(channel);
  }

  hear(channel: string, message: string): void {
    for (const listener of this.#channels.get(channel) ?? []) listener(message);
  }

  channels(): string[] {
    return [...this.#channels.keys()];
  }

  clear(): void {
    this.#channels.clear();
  }
}
