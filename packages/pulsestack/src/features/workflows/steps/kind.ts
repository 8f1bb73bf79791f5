import type { Step, StepOf } from '@pulsestack/core';
import type { Ask, Data, Line, Live, Outcome, Phase, RunCode } from '../engine/live.ts';

/** What a step decides. Its line goes to the trace. */
export type Verdict =
  | { go: 'next'; say?: Said; output?: Data }
  /** Into one of its lists of steps; a loop says how many rounds there are. */
  | { go: 'into'; list: number; rounds?: number; say?: Said; output?: Data }
  /** `stay` wakes at this step again, with `phase`; otherwise the run goes on behind it. */
  | { go: 'sleep'; until: Date | null; say?: Said; stay?: Phase; output?: Data }
  | { go: 'end'; say: Said; stay?: Phase }
  | { go: 'fail'; say: Said }
  | { go: 'ask'; ask: Ask }
  | { go: 'call'; call: Extract<Outcome, { kind: 'call' }>['call'] };

export interface Said {
  code: RunCode;
  sentence?: string;
  detail?: Data;
}

/** What a step may use. */
export interface Surroundings {
  now: Date;
  newId(kind: 'message' | 'run' | 'event'): string;
  /** What conditions and texts see; made when it is first asked for. */
  data(): Data;
  say(said: Said): Line;
}

/**
 * A kind of step. `run` is called when a run reaches it, and again when the database or the outside has answered or the run
 * woke there; `live.phase` tells which. It decides and has no effects but those it adds to `live`.
 */
export interface StepKind<Type extends Step['type'] = Step['type']> {
  type: Type;
  run(step: StepOf<Type>, live: Live, around: Surroundings): Verdict;
  /** What is wrong with it beyond its shape, in sentences. */
  check?(step: StepOf<Type>): string[];
}

export function stepKind<const Type extends Step['type']>(kind: StepKind<Type>): StepKind {
  return kind as unknown as StepKind;
}
