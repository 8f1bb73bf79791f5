import type { Database } from '../../../ports/database.ts';
import { type Told, type Transition, transitionsOf } from './transitions.ts';

export interface Death {
  at: Transition;
  when: 'before' | 'after';
}

export interface Mortal {
  database: Database;
  /** The process kills itself the next time this is committed. */
  dieAt(death: Death): void;
  /** What was committed, in order: the transitions that each commit stands for. */
  commits: Transition[][];
  /** Transactions that wrote to runs and were not recognised, as their statements. */
  unknown: string[];
}

type Query = (statement: string | Told) => Promise<{ rowCount: number | null }>;

/** Watches the transactions of a database from outside, and ends the process by `kill -9` right before or after a commit. */
export function mortal(database: Database): Mortal {
  const commits: Transition[][] = [];
  const unknown: string[] = [];
  let death: Death | undefined;
  const die = () => process.kill(process.pid, 'SIGKILL');

  function watch(query: Query): Query {
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
  }

  const connect = database.pool.connect.bind(database.pool) as (...given: unknown[]) => Promise<object>;
  Object.assign(database.pool, {
    async connect(...given: unknown[]) {
      // The pool itself asks with a callback, for single statements.
      if (given.length > 0) return connect(...given);
      const client = (await connect()) as { query: Query };
      const query = watch(client.query.bind(client));
      return new Proxy(client, {
        get(target, name) {
          if (name === 'query') return query;
          const value = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
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
