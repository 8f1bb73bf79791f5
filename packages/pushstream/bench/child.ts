import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ANSWER_TIMEOUT_MS = 600_000;

/** A process of the bench that does what it is told, one order after the other. */
export class Child {
  readonly #process: ChildProcess;

  constructor(file: string, args: string[]) {
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      execArgv: ['--conditions=source', '--expose-gc', '--disable-warning=ExperimentalWarning'],
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  tell(order: object): void {
    this.#process.send(order);
  }

  /** The next message. */
  async hear<Answer>(): Promise<Answer> {
    const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const [message] = await once(this.#process, 'message', { signal: timeout });
    return message as Answer;
  }

  ask<Answer>(order: object): Promise<Answer> {
    const answer = this.hear<Answer>();
    this.tell(order);
    return answer;
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || !this.#process.connected) return;
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
  }
}
