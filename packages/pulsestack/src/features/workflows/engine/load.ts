import type { Runtime } from '../../../kernel/runtime.ts';
import { messageStates } from '../../delivery/index.ts';
import { loadPreferences } from '../../preferences/index.ts';
import { presenceOf } from '../../streams/index.ts';
import { definitions, versionKey } from '../definitions/cache.ts';
import { digestEvents } from '../store/digests.ts';
import { heardBy } from '../store/gates.ts';
import type { ClaimedRow } from '../store/runs.ts';
import type { Live } from './live.ts';

/** Makes claimed rows of one workspace into runs in memory. Rows whose version is gone are left out. */
export async function toLives(runtime: Runtime, workspaceId: string, rows: readonly ClaimedRow[]): Promise<Live[]> {
  const wanted = [
    ...new Map(
      rows.map((row) => [versionKey(row.workflow, row.version), { key: row.workflow, version: row.version }]),
    ).values(),
  ];
  const all = definitions.of(runtime);
  const versions =
    all.kept(workspaceId, wanted) ??
    (await runtime.db.inWorkspace(workspaceId, (tx) => all.versions(tx, workspaceId, wanted)));
  return rows.flatMap((row) => {
    const workflow = versions.get(versionKey(row.workflow, row.version));
    if (!workflow) return [];
    const payload = workflow.schema ? (workflow.schema.withDefaults(row.payload) as Live['payload']) : row.payload;
    return [
      {
        id: row.id,
        workspaceId,
        workflow,
        user: {
          id: row.user_id,
          name: row.name,
          email: row.email,
          phone: row.phone,
          locale: row.locale,
          timeZone: row.time_zone,
          attributes: row.attributes ?? {},
        },
        event: { id: row.event_id, name: row.event_name ?? row.workflow, at: row.event_at, actor: row.actor },
        payload,
        position: row.position,
        phase: row.phase,
        vars: row.vars,
        depth: row.depth,
        correlationId: row.correlation_id,
        cancelKey: row.cancel_key,
        dueAt: row.due_at,
        lineCount: row.lines,
        attempts: row.attempts,
        digests: new Map(),
        states: new Map(),
        heard: [],
        online: false,
        lines: [],
        effects: [],
        outcome: { kind: 'running' },
      },
    ];
  });
}

/** Loads what these runs may look at next, and nothing when they look at nothing. */
export async function loadFacts(runtime: Runtime, workspaceId: string, lives: readonly Live[]): Promise<void> {
  const digests = lives.flatMap((live) =>
    Object.values(live.vars.digests)
      .filter((id) => !live.digests.has(id))
      .map((id) => ({ live, id })),
  );
  const asking = lives.filter((live) => live.workflow.asksStates && Object.keys(live.vars.messages).length > 0);
  const waiting = lives.flatMap((live) =>
    live.phase?.kind === 'wait' ? [{ run: live.id, user: live.user.id, since: live.phase.since }] : [],
  );
  const watched = lives.filter((live) => live.workflow.asksPresence);
  const zoneless = lives.filter((live) => live.workflow.asksZone && live.user.timeZone === null);
  const looks = [digests, asking, waiting, watched, zoneless];
  if (looks.every((list) => list.length === 0)) return;
  await runtime.db.inWorkspace(workspaceId, async (tx) => {
    const events = await digestEvents(tx, workspaceId, [...new Set(digests.map(({ id }) => id))]);
    for (const { live, id } of digests) {
      const found = events.get(id);
      if (found) live.digests.set(id, found);
    }
    const states = await messageStates(
      tx,
      workspaceId,
      asking.flatMap((live) => Object.values(live.vars.messages)),
    );
    for (const live of asking) live.states = states;
    if (zoneless.length > 0) {
      // Who has no zone lives in that of the workspace.
      const wishes = await loadPreferences(
        tx,
        workspaceId,
        zoneless.map((live) => live.user.id),
      );
      for (const live of zoneless) live.user = { ...live.user, timeZone: wishes.get(live.user.id)?.timeZone ?? null };
    }
    if (watched.length > 0) {
      const ids = [...new Set(watched.map((live) => live.user.id))];
      const present = await presenceOf(tx, workspaceId, ids, runtime.clock.now());
      for (const live of watched) live.online = present.get(live.user.id)?.online ?? false;
    }
    if (waiting.length > 0) {
      const heard = await heardBy(tx, workspaceId, waiting);
      for (const live of lives) live.heard = heard.get(live.id) ?? [];
    }
  });
}
