/** Whether something works, and who wants to know when that changes. */
export class Health {
  #healthy = false;
  readonly #listeners = new Set<(healthy: boolean) => void>();

  get healthy(): boolean {
    return this.#healthy;
  }

  set(healthy: boolean): void {
    if (healthy === this.#healthy) return;
    this.#healthy = healthy;
    for (const listener of this.#listeners) listener(healthy);
  }

  onHealth(listener: (healthy: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
