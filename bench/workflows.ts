import { openEmbedded } from '../packages/pulsestack/src/adapters/pglite/index.ts';
import { openServer } from '../packages/pulsestack/src/adapters/postgres/index.ts';
import { type App, createApp } from '../packages/pulsestack/src/app.ts';
import { createWorkspace } from '../packages/pulsestack/src/features/accounts/index.ts';
import { publishDefinitionOf, trigger } from '../packages/pulsestack/src/features/workflows/index.ts';
import { workContext } from '../packages/pulsestack/src/kernel/context.ts';
import type { Database } from '../packages/pulsestack/src/ports/database.ts';
import { silentLog } from '../packages/pulsestack/src/ports/log.ts';
import { testSettings } from '../packages/pulsestack/src/testing/index.ts';
import { median, report, round } from './machine.ts';
import { freshPlace } from './process.ts';

const USERS = 1000;
const CALLERS = 64;
const BATCH = 300;

const base = { category: 'general', priority: 'normal' as const, critical: false, tags: [], trigger: {} };
const yes = { '==': [{ var: 'payload.n' }, { var: 'payload.n' }] };
const RECIPES = {
  /** Decisions only: what the engine itself costs. */
  decisions: {
    ...base,
    key: 'decisions',
    name: 'Three decisions',
    steps: [
      { id: 'one', type: 'branch' as const, branches: [{ if: yes, steps: [] }] },
      {
        id: 'two',
        type: 'split' as const,
        arms: [
          { name: 'a', weight: 1, steps: [] },
          { name: 'b', weight: 1, steps: [] },
        ],
      },
      { id: 'three', type: 'stop' as const },
    ],
  },
  /** With a notification in the inbox, its receipt, counters and its event on the log. */
  message: {
    ...base,
    key: 'message',
    name: 'A message among three steps',
    steps: [
      { id: 'one', type: 'branch' as const, branches: [{ if: yes, steps: [] }] },
      { id: 'two', type: 'in_app' as const, title: 'Number {{ payload.n }}', body: '' },
      { id: 'three', type: 'stop' as const },
    ],
  },
  digest: {
    ...base,
    key: 'digest',
    name: 'Everything into a digest',
    steps: [
      { id: 'one', type: 'digest' as const, window: '1h' },
      { id: 'two', type: 'in_app' as const, title: '{{ digest.count }} things', body: '' },
    ],
  },
};

/** Runs of three steps a second, from the trigger to the last commit, beside the bare writing of rows of the same size. */
export async function workflows(options: { runs: number; rounds: number }): Promise<void> {
  for (const kind of ['embedded', 'server'] as const) {
    const rates: Record<string, number[]> = {};
    const add = (name: string, rate: number) => (rates[name] ??= []).push(rate);
    for (let turn = 0; turn < options.rounds; turn++) {
      const place = await freshPlace(kind);
      const database = await open(kind, place.env);
      const app = await createApp({
        database,
        secrets: ['only for the bench, 32 characters long'],
        settings: testSettings,
        log: silentLog,
      });
      try {
        const workspaceId = await app.runtime.db.inSystem(
          async (tx) => (await createWorkspace({ ...app.runtime, tx }, { name: 'Bench' })).workspaceId,
        );
        await app.runtime.db.inWorkspace(workspaceId, async (tx) => {
          for (const recipe of Object.values(RECIPES))
            await publishDefinitionOf(workContext(app.runtime, workspaceId, '', tx), recipe);
        });
        await measure(app, workspaceId, 'decisions', 1000);
        add('bare', await bare(database, options.runs));
        for (const name of ['decisions', 'message', 'digest'] as const)
          add(name, await measure(app, workspaceId, name, options.runs));
      } finally {
        await app.close();
        await place.remove();
      }
    }
    const of = (name: string) => median(rates[name] ?? []);
    report('workflows', {
      database: kind,
      runs: options.runs,
      bareRowsOfRunsPerSecond: Math.round(of('bare')),
      threeStepRunsPerSecond: Math.round(of('decisions')),
      withAMessagePerSecond: Math.round(of('message')),
      digestAppendsPerSecond: Math.round(of('digest')),
      ratio: round(of('decisions') / of('bare')),
      ratioWithAMessage: round(of('message') / of('bare')),
      bar: 2000,
    });
  }
}

function open(kind: 'embedded' | 'server', env: Record<string, string>): Promise<Database> {
  return kind === 'embedded'
    ? openEmbedded({ directory: env.PULSESTACK_DATA_DIR ?? '', max: 32, log: silentLog })
    : openServer({ url: env.DATABASE_URL ?? '', max: 16, log: silentLog });
}

async function measure(app: App, workspaceId: string, workflow: keyof typeof RECIPES, runs: number): Promise<number> {
  const begin = performance.now();
  let next = 0;
  const caller = async () => {
    while (next < runs) {
      const n = next++;
      const { tx: _tx, ...ctx } = workContext(app.runtime, workspaceId, 'bench', undefined as never);
      await trigger(
        ctx as never,
        { workflow, to: `user-${n % USERS}`, payload: { n, text: 'a payload of an ordinary length' } },
        { source: 'bench' },
      );
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  for (;;) {
    const { rows } = await app.runtime.database.pool.query({
      text: `select count(*)::int as open from runs where workspace_id = $1 and workflow = $2 and state in ('ready', 'running')`,
      values: [workspaceId, workflow],
    });
    if (rows[0].open === 0) break;
    await new Promise((done) => setTimeout(done, 10));
  }
  return (runs / (performance.now() - begin)) * 1000;
}

/** The same rows in the same batches, by plain statements: an event, a run, its change, its trace. */
async function bare(database: Database, runs: number): Promise<number> {
  await database.pool.query(
    'create table bare_events (id text primary key, payload jsonb); create table bare_runs (id text primary key, event text, state text, vars jsonb, at timestamptz); create table bare_lines (run text primary key, lines jsonb)',
  );
  const lines = JSON.stringify(
    Array.from({ length: 3 }, (_, i) => ({
      at: '2026-06-15T08:00:00.000Z',
      step: `step-${i}`,
      type: 'branch',
      code: 'branch.taken',
      sentence: 'The run takes the branch "1".',
      detail: { branch: '1' },
    })),
  );
  const begin = performance.now();
  for (let from = 0; from < runs; from += BATCH) {
    const ids = Array.from(
      { length: Math.min(BATCH, runs - from) },
      (_, i) => `run_${String(from + i).padStart(26, '0')}`,
    );
    const client = await database.pool.connect();
    for (const statements of [
      [
        {
          text: `insert into bare_events select id, '{"n":1,"text":"a payload of an ordinary length"}' from unnest($1::text[]) as i (id)`,
          values: [ids],
        },
        {
          text: `insert into bare_runs select id, id, 'ready', '{"steps":{},"messages":{},"digests":{},"loops":{}}', now() from unnest($1::text[]) as i (id)`,
          values: [ids],
        },
      ],
      [
        {
          text: `update bare_runs set state = 'done', vars = '{"steps":{"one":{"branch":"1"},"two":{"arm":"a"}},"messages":{},"digests":{},"loops":{}}' where id = any($1::text[])`,
          values: [ids],
        },
        { text: 'insert into bare_lines select id, $2::jsonb from unnest($1::text[]) as i (id)', values: [ids, lines] },
      ],
    ]) {
      await client.query('begin');
      for (const statement of statements) await client.query(statement);
      await client.query('commit');
    }
    client.release();
  }
  return (runs / (performance.now() - begin)) * 1000;
}
