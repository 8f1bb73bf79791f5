import type { Database } from '../../../ports/database.ts';
import { type Told, type Transition, transitionsOf } from './transitions.ts';
import { watch } from './watching.ts';

export interface Death {
  at: Transition;
  when: 'before' | 'after';
}

export interface Mortal {
  database: Database;
  /** The process kills itself the next time this is committed; undefined lets it live. */
  dieAt(death: Death | undefined): void;
  /** What was committed, in order: the transitions that each commit stands for. */
  commits: Transition[][];
  /** Transactions that wrote to runs and were not recognised, as their statements. */
  unknown: string[];
}

/** Watches the transactions of a database from outside, and ends the process by `kill -9` right before or after a commit. */
export function mortal(database: Database): Mortal {
  const commits: Transition[][] = [];
  const unknown: string[] = [];
  let death: Death | undefined;
  const die = () => process.kill(process.pid, 'SIGKILL');

  watch(database, (query) => {
    let transaction: Told[] = [];
    return async (statement) => {
      const text = typeof statement === 'string' ? statement : statement.text;
      if (text.startsWith('begin;')) transaction = [];
      if (text !== 'commit') {
        const result = await query(statement);
        if (typeof statement !== 'string' && (result.rowCount ?? 0) > 0) transaction.push(statement);
        return result;
      }
      const names = transitionsOf(transaction);
      if (names === null) unknown.push(transaction.map((told) => told.text).join(';\n'));
      const deadly = death !== undefined && names?.includes(death.at);
      if (deadly && death?.when === 'before') die();
      const result = await query(statement);
      if (deadly) die();
      if (names && names.length > 0) commits.push(names);
      return result;
    };
  });
  return {
    database,
    commits,
    unknown,
    dieAt(next) {
      death = next;
    },
  };
}
