import { RUN_CODES, type RunCode } from '../engine/live.ts';

/** What is committed about runs besides the codes of their trace. */
export const COMMITS = [
  'event.accepted',
  'event.fanned_out',
  'run.claimed',
  'run.woken',
  'run.freed',
  'run.saved',
  'run.put_back',
  'digest.due',
  'wait.told',
] as const;
export type Transition = RunCode | (typeof COMMITS)[number];
export const TRANSITIONS: readonly Transition[] = [...COMMITS, ...(Object.keys(RUN_CODES) as RunCode[])];

/** A statement of a transaction that touched rows. */
export interface Told {
  text: string;
  values: readonly unknown[];
}

const RECOGNISED: readonly [(typeof COMMITS)[number] | 'run.attempts', (told: Told) => boolean][] = [
  ['event.accepted', ({ text }) => text.includes('insert into triggers')],
  ['event.fanned_out', ({ text }) => text.includes('update triggers set users')],
  ['run.claimed', ({ text }) => text.includes('attempts = r.attempts + 1')],
  ['run.woken', ({ text }) => /^\s*update runs set state = 'ready'\s+where/.test(text)],
  ['run.freed', ({ text }) => /update runs set state = 'ready', lease = null/.test(text)],
  ['digest.due', ({ text }) => text.includes(`set state = 'ready', due_at = d.closes_at`)],
  ['wait.told', ({ text }) => text.includes('update heard_events h set told = true')],
  ['run.attempts', ({ text, values }) => isPutBack(text) && values.includes(true)],
  ['run.put_back', ({ text, values }) => isPutBack(text) && !values.includes(true)],
];

function isPutBack(text: string): boolean {
  return text.includes(`then 'run.attempts' end`);
}

const WRITES = /\b(insert into|update|delete from)\s+(triggers|runs|run_\w+|heard_events)\b/;

/** The transitions that a transaction commits; null when it writes to runs and nobody knows what. */
export function transitionsOf(transaction: readonly Told[]): Transition[] | null {
  const writes = transaction.filter(({ text }) => WRITES.test(text));
  const found = new Set<Transition>();
  for (const told of writes) {
    for (const [name, fits] of RECOGNISED) if (fits(told)) found.add(name);
    for (const value of told.values)
      if (typeof value === 'string')
        for (const [, code = ''] of value.matchAll(/"code":"([a-z._]+)"/g))
          if (code in RUN_CODES) found.add(code as RunCode);
  }
  // A run that goes on waiting says nothing about it.
  if (found.size === 0 && writes.some(({ text }) => text.includes('poked = r.poked'))) found.add('run.saved');
  return found.size === 0 && writes.length > 0 ? null : [...found];
}
