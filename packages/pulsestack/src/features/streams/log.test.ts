import type { AppendableLog, LogEvent, NewEvent } from 'pushstream';
import { describeLog } from 'pushstream/testing';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { announce, event } from '../../kernel/event.ts';
import { sql } from '../../kernel/sql.ts';
import { type DatabaseKind, databases, type TestApp, testApp } from '../../testing/index.ts';
import { logOf } from './hubs.ts';

// The suite begins its time at one second after 1970, where there are no partitions.
const BEGIN_MS = Date.parse('2026-06-15T08:00:00Z');

for (const database of databases) {
  let app: Promise<TestApp> | undefined;
  afterAll(async () => (await app)?.close());

  describeLog(`of a workspace on the ${database} database`, {
    monotonic: false,
    async create({ now, keepEvents }) {
      const running = await (app ??= open(database));
      const workspace = await running.newWorkspace();
      const log = appendable(running, workspace.id, now, keepEvents);
      return { log, reopen: async () => appendable(running, workspace.id, now, keepEvents), close: async () => {} };
    },
  });
}

async function open(database: DatabaseKind): Promise<TestApp> {
  return testApp({ database, timers: false });
}

/** The log of a workspace as the product reads it, written to as its rooms do. */
function appendable(app: TestApp, workspaceId: string, now: () => number, keepEvents?: number): AppendableLog {
  const { runtime } = app;
  const log = logOf(runtime, workspaceId);
  // What the sign-up of a workspace has announced comes before the suite begins.
  let begin: Promise<number> | undefined;
  const beginning = () =>
    (begin ??= log.head().then(({ head }) => (head > 0 && firsts.get(workspaceId)) || remember(head)));
  const remember = (head: number) => {
    firsts.set(workspaceId, firsts.get(workspaceId) ?? head);
    return firsts.get(workspaceId) as number;
  };
  const shown = (first: number) => (one: LogEvent) => ({ ...one, seq: one.seq - first, time: one.time - BEGIN_MS });
  let appending: Promise<LogEvent[]> = Promise.resolve([]);
  return {
    async head() {
      const first = await beginning();
      const { epoch, head, oldest } = await log.head();
      return { epoch, head: head - first, oldest: Math.max(1, oldest - first) };
    },
    async read(after, limit) {
      const first = await beginning();
      return (await log.read(after + first, limit)).map(shown(first));
    },
    // Of one publisher, as the suite is, the product commits in the order of the calls.
    append: (events) => (appending = appending.then(() => append(events)) as typeof appending),
    async erase(match) {
      const first = await beginning();
      const found = (await log.read(first, 100_000)).filter((one) => one.stream !== '' && match(shown(first)(one)));
      await runtime.db.inWorkspace(workspaceId, (tx) =>
        tx.run(sql`
          update log_events
          set stream = null, name = 'ps.erased', data = 'null', tags = null, about = null
          where workspace_id = ${workspaceId} and seq = any (${found.map((one) => one.seq)}::bigint[])`),
      );
      return found.length;
    },
  };

  async function append(events: readonly NewEvent[]): Promise<LogEvent[]> {
    const first = await beginning();
    if (events.length === 0) return [];
    app.clock.set(new Date(BEGIN_MS + now()));
    return runtime.db.inWorkspace(workspaceId, async (tx) => {
      await announce(runtime, tx, workspaceId, events.map(toAnnouncement), 'req_test', { groupCommit: true });
      const { head } = await tx.get<{ head: number }>(
        sql`select head from log_heads where workspace_id = ${workspaceId}`,
      );
      if (keepEvents !== undefined) {
        await tx.run(sql`delete from log_events where workspace_id = ${workspaceId} and seq <= ${head - keepEvents}`);
        await tx.run(
          sql`update log_heads set oldest = greatest(oldest, ${head - keepEvents + 1}) where workspace_id = ${workspaceId}`,
        );
      }
      return events.map((one, i) => ({ ...one, seq: head - first - events.length + i + 1, time: now() }));
    });
  }
}

const firsts = new Map<string, number>();

function toAnnouncement({ stream, name, data, tags, about }: NewEvent) {
  return {
    event: event(name, z.unknown(), { summary: 'An event of the suite' }),
    data: {},
    verbatim: data,
    stream,
    ...(tags ? { tags } : {}),
    ...(about ? { about } : {}),
  };
}
