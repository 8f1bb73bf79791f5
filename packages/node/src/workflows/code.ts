import type { JsonObject } from '../generated.ts';

/** What a function of your application is told when a run reaches its step. */
export interface CodeContext<Payload> {
  payload: Payload;
  user: RunUser;
  /** The outputs of the steps before, by their ids. */
  steps: Record<string, JsonObject>;
  /** The events of the digest before, if there is one. */
  events: { id: string; at: string; payload: Payload }[];
  event: { id: string; name: string; at: string };
  /** Who caused it, when the event said so. */
  actor: string | null;
  workflow: string;
  version: number;
  step: string;
  run: string;
  /** 1 for the first try. */
  attempt: number;
  /** The same over all tries of this step in this run: hand it on to whoever must not do it twice. */
  idempotencyKey: string;
  /** Somebody looks at what would come out: change nothing. */
  preview: boolean;
  /** Aborts when the answer is no longer waited for. */
  signal: AbortSignal;
}

/** Who receives, as the run sees the user. */
export interface RunUser {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  locale: string | null;
  timeZone: string | null;
  attributes: JsonObject;
}

export type CodeHandler<Payload, Output> = (context: CodeContext<Payload>) => Output | Promise<Output>;

/** Throw it in a code step when trying again cannot help; any other error is tried again. */
export class StepFailed extends Error {
  override name = 'StepFailed';
}

/** A function behind a code step, and whether it may run for a preview. */
export interface Registered {
  // oxlint-disable-next-line typescript/no-explicit-any -- its payload was checked before it is called
  run: CodeHandler<any, object>;
  // oxlint-disable-next-line typescript/no-explicit-any -- its payload was checked before it is called
  preview: CodeHandler<any, object> | null;
}
