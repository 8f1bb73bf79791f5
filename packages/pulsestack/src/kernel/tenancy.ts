import { AsyncLocalStorage } from 'node:async_hooks';
import { escapeLiteral } from 'pg';
import type { Database } from '../ports/database.ts';
import { fail } from './errors.ts';
import type { Statement } from './sql.ts';

/** A transaction that sees one workspace, or, for the system's own work, the whole installation. */
export interface Transaction {
  readonly scope: Scope;
  rows<Row>(statement: Statement): Promise<Row[]>;
  /** The first row, or undefined. */
  find<Row>(statement: Statement): Promise<Row | undefined>;
  /** The first row; throws when there is none. */
  get<Row>(statement: Statement): Promise<Row>;
  /** How many rows the statement touched. */
  run(statement: Statement): Promise<number>;
  /** Runs once after the commit, never after a rollback; must not throw. */
  afterCommit(action: () => void): void;
}

export type Scope = { kind: 'workspace'; workspaceId: string } | { kind: 'system' };

/** Opens transactions. A call inside another one of the same scope joins it, so a story in several functions is still one transaction. */
export interface TenantDatabase {
  inWorkspace<T>(workspaceId: string, story: (tx: Transaction) => Promise<T>): Promise<T>;
  inSystem<T>(story: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * A whole transaction in one message: `select * from call(…)`, committed when this resolves. For the hottest paths, where
   * each answer that is waited for costs more than the work; the call is a function of the database.
   */
  callInWorkspace<Row>(workspaceId: string, call: string, args: readonly (string | Date)[]): Promise<Row[]>;
}

// Both are retried by the whole transaction: the database chose us as the victim of a conflict, nothing was stored.
const RETRIABLE = new Set(['40001', '40P01']);
const MAX_TRIES = 4;
const WORKSPACE_ID = /^wsp_[0-9a-z]{26}$/;

export function createTenantDatabase(database: Database): TenantDatabase {
  const ambient = new AsyncLocalStorage<Transaction>();

  async function open<T>(scope: Scope, story: (tx: Transaction) => Promise<T>): Promise<T> {
    const current = ambient.getStore();
    if (current) {
      // On the embedded database a second transaction would wait for the first for ever, so crossing scopes is refused everywhere.
      if (!sameScope(current.scope, scope))
        throw new Error(`a ${describe(scope)} transaction was opened inside a ${describe(current.scope)} transaction`);
      return story(current);
    }
    return retrying(() => once(scope, story));
  }

  async function once<T>(scope: Scope, story: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await database.pool.connect();
    const actions: (() => void)[] = [];
    let broken: Error | undefined;
    let result: T;
    try {
      // One message, one round trip: role and workspace hold until the transaction ends.
      await client.query(`begin; ${enter(scope)}`);
      const tx: Transaction = {
        scope,
        async rows<Row>(statement: Statement) {
          return (await client.query(statement)).rows as Row[];
        },
        async find<Row>(statement: Statement) {
          return (await client.query(statement)).rows[0] as Row | undefined;
        },
        async get<Row>(statement: Statement) {
          const row = (await client.query(statement)).rows[0] as Row | undefined;
          if (row === undefined) throw new Error(`expected a row from: ${statement.text.slice(0, 200)}`);
          return row;
        },
        async run(statement) {
          return (await client.query(statement)).rowCount ?? 0;
        },
        afterCommit: (action) => actions.push(action),
      };
      result = await ambient.run(tx, () => story(tx));
      // A story that went on after a statement had failed has stored nothing, and PostgreSQL says so without an error.
      const { command } = await client.query('commit');
      if (command !== 'COMMIT') throw new Error('a transaction with a failed statement was rolled back by its commit');
    } catch (error) {
      await client.query('rollback').catch((cause: Error) => (broken = cause));
      client.release(broken);
      throw error;
    }
    client.release();
    for (const action of actions) action();
    return result;
  }

  return {
    inWorkspace: (workspaceId, story) => {
      if (!WORKSPACE_ID.test(workspaceId)) throw fail('resource.not_found', 'There is no such workspace.');
      return open({ kind: 'workspace', workspaceId }, story);
    },
    inSystem: (story) => open({ kind: 'system' }, story),
    async callInWorkspace<Row>(workspaceId: string, call: string, args: readonly (string | Date)[]) {
      if (!WORKSPACE_ID.test(workspaceId)) throw fail('resource.not_found', 'There is no such workspace.');
      if (ambient.getStore()) throw new Error('a call that is a transaction was made inside a transaction');
      const literals = args.map((arg) => escapeLiteral(typeof arg === 'string' ? arg : arg.toISOString()));
      const text = `begin; ${enter({ kind: 'workspace', workspaceId })}; select * from ${call}(${literals.join(', ')}); commit`;
      return retrying(async () => {
        const client = await database.pool.connect();
        let broken: Error | undefined;
        try {
          const results = (await client.query(text)) as unknown as { command: string; rows: unknown[] }[];
          return (results.find((result) => result.command === 'SELECT')?.rows ?? []) as Row[];
        } catch (error) {
          await client.query('rollback').catch((cause: Error) => (broken = cause));
          throw error;
        } finally {
          client.release(broken);
        }
      });
    },
  };
}

async function retrying<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt >= MAX_TRIES || !RETRIABLE.has(codeOf(error))) throw error;
    }
  }
}

function enter(scope: Scope): string {
  if (scope.kind === 'system') return 'set local role pulsestack_system';
  return `set local role pulsestack_app; set local pulsestack.workspace_id = '${scope.workspaceId}'`;
}

function sameScope(a: Scope, b: Scope): boolean {
  return a.kind === 'system' ? b.kind === 'system' : b.kind === 'workspace' && a.workspaceId === b.workspaceId;
}

function describe(scope: Scope): string {
  return scope.kind === 'system' ? 'system' : 'workspace';
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
