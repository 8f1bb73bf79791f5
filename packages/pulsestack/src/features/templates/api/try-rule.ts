import { Condition, JsonObject } from '@pulsestack/core';
import { z } from 'zod';
import { fail } from '../../../kernel/errors.ts';
import { evaluateRule, holds, LogicError, problemsOfRule, variablesOf } from '../../../kernel/logic.ts';
import { operation } from '../../../kernel/operation.ts';

/** Answers from what it is given and reads nothing. */
export const tryRule = operation({
  id: 'templates.tryRule',
  method: 'POST',
  path: '/v1/try/rule',
  summary: 'Evaluate a condition',
  allow: 'workflows.read',
  body: z.strictObject({ rule: Condition, data: JsonObject.default({}) }),
  output: z.object({
    holds: z.boolean().meta({ description: 'What a workflow makes of it: unknown is false' }),
    value: z.json().meta({ description: 'The value itself; null when it is unknown' }),
    reads: z.array(z.string()).meta({ description: 'The paths the rule looks at' }),
  }),
  errors: ['request.invalid'],
  transaction: 'none',
  example: { rule: { '>': [{ var: 'payload.amount' }, 100] }, data: { payload: { amount: 120 } } },
  async run(_ctx, { body: { rule, data } }) {
    const [problem] = problemsOfRule(rule);
    if (problem) throw invalid(problem);
    try {
      const value = z.json().safeParse(evaluateRule(rule, data));
      return { holds: holds(rule, data), value: value.success ? value.data : null, reads: variablesOf(rule) };
    } catch (error) {
      if (error instanceof LogicError) throw invalid(error.message);
      throw error;
    }
  },
});

function invalid(message: string) {
  return fail('request.invalid', `The rule cannot be evaluated: ${message}.`, {
    fields: [{ in: 'body', field: '/rule', message }],
  });
}
