import { CHANNELS, type Channel, type Step } from '@pulsestack/core';
import { holds, LogicError, variablesOf } from '../../../kernel/logic.ts';
import type { Runtime } from '../../../kernel/runtime.ts';
import { after, stepAt } from '../compile.ts';
import { kindOf } from '../steps/index.ts';
import type { Said, Surroundings, Verdict } from '../steps/kind.ts';
import { dataOf } from './data.ts';
import { type Data, type Line, type Live, RUN_CODES } from './live.ts';

/** More than any workflow has between two waits; a loop that goes beyond goes on after a commit. */
const MAX_STEPS_AT_ONCE = 1000;

/**
 * Takes a run as far as it gets in memory: until it blocks, ends, or needs the database or the outside. What it decided is in
 * `lines`, what it wants done in `effects`; nothing has happened until both are committed with the new position.
 */
export function interpret(live: Live, runtime: Pick<Runtime, 'clock' | 'newId'>): void {
  const now = runtime.clock.now();
  live.outcome = { kind: 'running' };
  for (let count = 0; live.outcome.kind === 'running'; count++) {
    const step = stepAt(live.workflow.definition.steps, live.position);
    if (!step) live.outcome = { kind: 'done', code: 'run.finished', sentence: RUN_CODES['run.finished'] };
    else if (count >= MAX_STEPS_AT_ONCE) live.outcome = { kind: 'commit' };
    else take(live, step, now, runtime);
  }
}

function take(live: Live, step: Step, now: Date, runtime: Pick<Runtime, 'newId'>): void {
  let data: Data | undefined;
  const around: Surroundings = {
    now,
    newId: (kind) => runtime.newId(kind),
    data: () => (data ??= dataOf(live, now)),
    say: (said) => lineOf(step, now, said),
  };
  try {
    if (live.phase === null) {
      if (needsCommittedMessages(live, step)) {
        live.outcome = { kind: 'commit' };
        return;
      }
      if (step.if !== undefined && !holds(step.if, around.data())) {
        skip(live, step, around.say({ code: 'step.condition_false' }));
        return;
      }
    }
    apply(live, step, kindOf(step).run(step, live, around), around);
  } catch (error) {
    if (!(error instanceof LogicError)) throw error;
    skip(
      live,
      step,
      around.say({
        code: 'step.condition_failed',
        sentence: `The condition could not be evaluated: ${error.message}.`,
      }),
    );
  }
}

/** How far a message is, is known only once it is stored. */
function needsCommittedMessages(live: Live, step: Step): boolean {
  if (!live.workflow.asksStates || !live.effects.some((effect) => effect.kind === 'message')) return false;
  const conditions = [
    ...(step.if === undefined ? [] : [step.if]),
    ...(step.type === 'branch' ? step.branches.map((one) => one.if) : []),
  ];
  return conditions.some((condition) => variablesOf(condition).some((path) => path.startsWith('steps')));
}

function skip(live: Live, step: Step, line: Line): void {
  live.lines.push(line);
  if (isChannel(step.type)) {
    const code = line.code === 'step.condition_failed' ? 'condition.failed' : 'condition.false';
    live.effects.push({ kind: 'skipped', step: step.id, channel: step.type, code });
  }
  goOn(live);
}

function isChannel(type: string): type is Channel {
  return (CHANNELS as readonly string[]).includes(type);
}

/** Does what a step has decided. */
export function apply(live: Live, step: Step, verdict: Verdict, around: Pick<Surroundings, 'say'>): void {
  if ('say' in verdict && verdict.say) live.lines.push(around.say(verdict.say));
  if ('output' in verdict && verdict.output) live.vars.steps[step.id] = verdict.output;
  switch (verdict.go) {
    case 'next':
      return goOn(live);
    case 'into':
      live.phase = null;
      if (verdict.rounds !== undefined) live.vars.loops[step.id] = verdict.rounds;
      // A loop begins with round 0; any other step with the list it chose.
      live.position = [...live.position, step.type === 'loop' ? 0 : verdict.list, -1];
      return goOn(live);
    case 'sleep':
      if (verdict.stay) live.phase = verdict.stay;
      else goOn(live);
      live.outcome = { kind: 'sleep', until: verdict.until };
      return;
    case 'end':
    case 'fail': {
      live.phase = verdict.go === 'end' ? (verdict.stay ?? null) : null;
      const { code } = verdict.say;
      const sentence = verdict.say.sentence ?? RUN_CODES[code];
      live.outcome = { kind: verdict.go === 'end' ? 'done' : 'failed', code, sentence };
      return;
    }
    case 'ask':
      live.outcome = { kind: 'ask', ask: verdict.ask };
      return;
    case 'call':
      live.outcome = { kind: 'call', call: verdict.call };
  }
}

function goOn(live: Live): void {
  live.phase = null;
  const next = after(
    live.workflow.definition.steps,
    live.position,
    (loop, round) => round + 1 < (live.vars.loops[loop.id] ?? 0),
  );
  // Behind the last step there is none, which is what the end of a run is.
  live.position = next ?? [live.workflow.definition.steps.length];
}

/** What the database answered an ask with. When that ends or parks the run, it does so in the same commit. */
export function answer(live: Live, given: Data, runtime: Pick<Runtime, 'clock' | 'newId'>): void {
  const step = stepAt(live.workflow.definition.steps, live.position);
  if (!step) throw new Error(`the run ${live.id} stands at no step`);
  const now = runtime.clock.now();
  const say = (said: Said) => lineOf(step, now, said);
  live.phase = { kind: 'answer', answer: given };
  live.outcome = { kind: 'running' };
  const around = { now, newId: runtime.newId, data: () => dataOf(live, now), say };
  apply(live, step, kindOf(step).run(step, live, around), around);
}

export function lineOf(step: Step | undefined, now: Date, said: Said): Line {
  return {
    at: now.toISOString(),
    step: step?.id ?? null,
    type: step?.type ?? null,
    code: said.code,
    sentence: said.sentence ?? RUN_CODES[said.code],
    ...(said.detail === undefined ? {} : { detail: said.detail }),
  };
}
