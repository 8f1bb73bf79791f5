import { type Case, Run, type Size } from './case.ts';
import { answerCases } from './cases/answer.ts';
import { clientCases } from './cases/client.ts';
import { enduranceCases } from './cases/endurance.ts';
import { nodesCases } from './cases/nodes.ts';
import { refusalCases } from './cases/refusal.ts';
import { resumeCases } from './cases/resume.ts';
import { textCases } from './cases/text.ts';
import { MISSING, type Target } from './target.ts';

export const CASES: readonly Case[] = [
  ...answerCases,
  ...textCases,
  ...clientCases,
  ...resumeCases,
  ...nodesCases,
  ...refusalCases,
  ...enduranceCases,
].toSorted((one, other) => one.number - other.number);

export interface Verdict {
  number: number;
  title: string;
  result: 'pass' | 'fail' | 'not applicable';
  /** What is wrong, why it could not be asked, or a remark. */
  remark: string;
  ms: number;
}

/** Asks each case of the target, one after the other. */
export async function* judge(target: Target, cases: readonly Case[], size: Size): AsyncGenerator<Verdict> {
  for (const { number, title, needs, run } of cases) {
    const missing = needs.find((need) => target.can[need] === undefined);
    if (missing) {
      yield { number, title, result: 'not applicable', remark: MISSING[missing], ms: 0 };
      continue;
    }
    const began = performance.now();
    const verdict = (result: Verdict['result'], remark: string) => ({
      number,
      title,
      result,
      remark,
      ms: Math.round(performance.now() - began),
    });
    const one = new Run(target, size);
    try {
      const remark = (await run(one)) ?? '';
      yield remark.startsWith('not asked: ')
        ? verdict('not applicable', remark.slice('not asked: '.length))
        : verdict('pass', remark);
    } catch (error) {
      yield verdict('fail', error instanceof Error ? error.message : String(error));
    } finally {
      await one.end();
    }
  }
}
