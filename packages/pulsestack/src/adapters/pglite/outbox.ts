export interface Answer {
  connection: number;
  bytes: Buffer;
  /** The connection is over once these bytes are read. */
  last: boolean;
}

/**
 * Answers on their way out. Those inside a transaction leave at once: what they showed is durable by the time the
 * transaction ends, because the answer to its end waits. All others are held until the disk has what they promise.
 */
export class Outbox {
  isFlushing = false;
  private eager: Answer[] = [];
  private held: Answer[] = [];
  private flushing: Answer[] = [];

  /** No answer of a connection overtakes an earlier one. */
  add(answer: Answer, isInTransaction: boolean): void {
    if (isInTransaction && !this.isHolding(answer.connection)) this.eager.push(answer);
    else this.held.push(answer);
  }

  get isEmpty(): boolean {
    return this.held.length === 0;
  }

  takeEager(): Answer[] {
    const { eager } = this;
    this.eager = [];
    return eager;
  }

  takeHeld(): Answer[] {
    const { held } = this;
    this.held = [];
    return held;
  }

  beginFlush(): Answer[] {
    this.isFlushing = true;
    this.flushing = this.takeHeld();
    return this.flushing;
  }

  endFlush(): void {
    this.isFlushing = false;
    this.flushing = [];
  }

  private isHolding(connection: number): boolean {
    const isTheirs = (answer: Answer) => answer.connection === connection;
    return this.flushing.some(isTheirs) || this.held.some(isTheirs);
  }
}
