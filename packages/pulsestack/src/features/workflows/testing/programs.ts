import type { WorkflowInput } from '@pulsestack/core';
import fc from 'fast-check';
import { inApp } from './in-app.ts';

/** What a workflow does, in the words of somebody who knows nothing of the engine. Every kind of step is in it. */
export type Deed =
  | { is: 'say'; on: 'in_app' | 'sms' }
  | { is: 'sayIf'; yes: boolean }
  | { is: 'pause'; how: 'for' | 'over' }
  | { is: 'collect' }
  | { is: 'once' }
  | { is: 'await' }
  | { is: 'ask'; step: 'http' | 'code'; fails: boolean; regardless: boolean }
  | { is: 'note' }
  | { is: 'follow' }
  | { is: 'invoke' }
  | { is: 'stop' }
  | { is: 'break' }
  | { is: 'choose'; yes: boolean; met: Program; otherwise: Program }
  | { is: 'divide'; inside: Program }
  | { is: 'repeat'; rounds: number; inside: Program };
export type Program = readonly Deed[];

export const programs: fc.Arbitrary<Program> = fc.letrec<{ program: Program }>((tie) => ({
  program: fc.array(
    fc.oneof(
      { depthSize: 'small', maxDepth: 2, withCrossShrink: true },
      {
        weight: 6,
        arbitrary: fc.record({ is: fc.constant('say' as const), on: fc.constantFrom('in_app', 'in_app', 'sms') }),
      },
      { weight: 3, arbitrary: fc.record({ is: fc.constant('sayIf' as const), yes: fc.boolean() }) },
      {
        weight: 4,
        arbitrary: fc.record({ is: fc.constant('pause' as const), how: fc.constantFrom('for', 'for', 'over') }),
      },
      {
        weight: 8,
        arbitrary: fc.record({ is: fc.constantFrom('collect', 'once', 'await', 'note', 'follow', 'invoke') }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          is: fc.constant('ask' as const),
          step: fc.constantFrom('http', 'code'),
          fails: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
          regardless: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.record({ is: fc.constantFrom('stop', 'break') }) },
      {
        weight: 2,
        arbitrary: fc.record({
          is: fc.constant('choose' as const),
          yes: fc.boolean(),
          met: tie('program'),
          otherwise: tie('program'),
        }),
      },
      { weight: 2, arbitrary: fc.record({ is: fc.constant('divide' as const), inside: tie('program') }) },
      {
        weight: 2,
        arbitrary: fc.record({
          is: fc.constant('repeat' as const),
          rounds: fc.integer({ min: 0, max: 3 }),
          inside: tie('program'),
        }),
      },
    ) as fc.Arbitrary<Deed>,
    { minLength: 1, maxLength: 6 },
  ),
})).program;

/** What runs of programs are given, and what they call. */
export const PAYLOAD = { a: 1, b: 2, lists: [[], [1], [1, 2], [1, 2, 3]], over: '2020-01-01T00:00:00Z' };
export const ECHO: WorkflowInput = { key: 'echo', name: 'Echo', steps: [inApp('e', 'echo')] } as never;
export const ENDPOINTS = { sound: 'sound', broken: 'broken' };
/** What the server of the application answers. */
export function answerTo(path: string | undefined): { status: number; body: string } {
  return { status: path === '/broken' ? 500 : 200, body: '{"word":"yes","output":{"word":"yes"}}' };
}

/** A program as a workflow; its steps begin with the prefix. */
export function toWorkflow(key: string, program: Program, url: string, prefix = 's'): WorkflowInput {
  return { key, name: key, steps: listOf(program, prefix, key, url) } as never;
}

const listOf = (program: Program, prefix: string, key: string, url: string): object[] =>
  program.map((deed, i) => toStep(deed, `${prefix}${i}`, key, url));

const met = (yes: boolean) => ({ [yes ? '<' : '>']: [{ var: 'payload.a' }, { var: 'payload.b' }] });

function toStep(deed: Deed, id: string, key: string, url: string): object {
  const inside = (program: Program, mark: string) => listOf(program, `${id}${mark}`, key, url);
  switch (deed.is) {
    case 'say':
      return deed.on === 'sms' ? { id, type: 'sms', body: id } : inApp(id, id);
    case 'sayIf':
      return inApp(id, id, { if: met(deed.yes) });
    case 'pause':
      return { id, type: 'delay', ...(deed.how === 'for' ? { for: '45s' } : { untilPath: 'payload.over' }) };
    case 'collect':
      return { id, type: 'digest', window: '30s' };
    case 'once':
      return { id, type: 'throttle', limit: 1, window: '30d' };
    case 'await':
      return {
        id,
        type: 'wait',
        timeout: '1m',
        events: [{ event: 'nobody.sends', steps: [inApp(`${id}w`, 'never')] }],
        onTimeout: [inApp(`${id}t`, `${id}t`)],
      };
    case 'ask': {
      const where = deed.fails ? 'broken' : 'sound';
      const call = deed.step === 'http' ? { url: `${url}/${where}` } : { endpoint: where, retries: 0 };
      return { id, type: deed.step, ...call, continueOnFailure: deed.regardless };
    }
    case 'note':
      return { id, type: 'update_user', attributes: { [id]: '{{ payload.a }}' } };
    case 'follow':
      return { id, type: 'update_topic', topic: `${key}-${id}`, action: 'subscribe' };
    case 'invoke':
      return { id, type: 'invoke', workflow: ECHO.key };
    case 'stop':
      return { id, type: 'stop' };
    case 'break':
      return { id, type: 'delay', untilPath: 'payload.none' };
    case 'choose':
      return {
        id,
        type: 'branch',
        branches: [{ if: met(deed.yes), steps: inside(deed.met, 'y') }],
        else: inside(deed.otherwise, 'n'),
      };
    case 'divide':
      return {
        id,
        type: 'split',
        arms: ['l', 'r'].map((name) => ({ name, weight: 1, steps: inside(deed.inside, name) })),
      };
    case 'repeat':
      return {
        id,
        type: 'loop',
        over: `payload.lists.${deed.rounds}`,
        max: 3,
        steps: [inApp(`${id}o`, `${id}o`), ...inside(deed.inside, 'o')],
      };
  }
}

/** What a program comes to. Both arms of a division are the same but for a letter, so `l` and `r` are told as `x`. */
export interface Outcome {
  state: 'done' | 'failed';
  titles: string[];
  attributes: string[];
  topics: string[];
}

export const armless = (name: string) => name.replace(/(?<=\d)[lr](?=\d|$)/g, 'x');

/** The whole meaning of a program, one deed after the other. */
export function interpretSimply(program: Program, prefix = 's'): Outcome {
  const titles: string[] = [];
  const attributes = new Set<string>();
  const topics = new Set<string>();
  const passed = new Set<string>();
  let end: Outcome['state'] | undefined;

  function run(list: Program, before: string): void {
    for (const [i, deed] of list.entries()) {
      if (end) return;
      const id = `${before}${i}`;
      if (deed.is === 'say' && deed.on === 'in_app') titles.push(id);
      if (deed.is === 'sayIf' && deed.yes) titles.push(id);
      if (deed.is === 'await') titles.push(`${id}t`);
      if (deed.is === 'invoke') titles.push('echo');
      if (deed.is === 'note') attributes.add(id);
      if (deed.is === 'follow') topics.add(id);
      if (deed.is === 'once') {
        if (passed.has(id)) end = 'done';
        passed.add(id);
      }
      if (deed.is === 'ask' && deed.fails && !deed.regardless) end = 'failed';
      if (deed.is === 'stop') end = 'done';
      if (deed.is === 'break') end = 'failed';
      if (deed.is === 'choose') run(deed.yes ? deed.met : deed.otherwise, `${id}${deed.yes ? 'y' : 'n'}`);
      if (deed.is === 'divide') run(deed.inside, `${id}x`);
      if (deed.is === 'repeat')
        for (let round = 0; round < deed.rounds && !end; round++) {
          titles.push(`${id}o`);
          run(deed.inside, `${id}o`);
        }
    }
  }
  run(program, prefix);
  return {
    state: end ?? 'done',
    titles: titles.toSorted(),
    attributes: [...attributes].toSorted(),
    topics: [...topics].toSorted(),
  };
}
