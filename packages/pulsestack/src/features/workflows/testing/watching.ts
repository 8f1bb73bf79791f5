import type { Database } from '../../../ports/database.ts';
import type { Told } from './transitions.ts';

export type Query = (statement: string | Told) => Promise<{ rowCount: number | null; rows: object[] }>;

/** Stands between a database and whoever opens transactions on it; each client that is taken gets a watcher of its own. */
export function watch(database: Database, watcher: (query: Query) => Query): void {
  const connect = database.pool.connect.bind(database.pool) as (...given: unknown[]) => Promise<object>;
  Object.assign(database.pool, {
    async connect(...given: unknown[]) {
      // The pool itself asks with a callback, for single statements.
      if (given.length > 0) return connect(...given);
      const client = (await connect()) as { query: Query };
      const query = watcher(client.query.bind(client));
      return new Proxy(client, {
        get(target, name) {
          if (name === 'query') return query;
          const value = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
  });
}
