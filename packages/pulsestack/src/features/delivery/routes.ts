import type { Channel } from '@pulsestack/core';
import { outgoing } from '../../kernel/outgoing.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import type { Connection, Provider } from '../../ports/channel.ts';
import { admits, type Breaker, CLOSED, onFailure, onTrial } from './breaker.ts';
import { type IntegrationRow, usableIntegrations } from './store/integrations.ts';

// A change in another process is seen after so long; one in this process at once.
const CACHE_MS = 5000;
const MAX_WORKSPACES = 2000;

/** A provider that messages can be given to, with its connection and how it is doing. */
export interface Route {
  /** Null for a stand-in of development. */
  integrationId: string | null;
  workspaceId: string;
  provider: Provider;
  /** What attempts call it: the provider, and its name when it was given one. */
  label: string;
  connection(): Connection;
  breaker: Breaker;
  lastError: string | null;
  /** The provider wants nothing more. */
  gone: boolean;
  /** Changed since it was noted in the database. */
  dirty: boolean;
}

/** Knows the ways out of each workspace and keeps their connections. */
export interface Routes {
  /** Reads what is not known yet, for a batch of workspaces in one statement. */
  load(workspaceIds: readonly string[]): Promise<void>;
  /** The ways of a channel, the first choice first. */
  of(workspaceId: string, channel: Channel): readonly Route[];
  forget(workspaceId: string): void;
  /** Routes whose health is to be noted; each is given once. */
  takeDirty(): Route[];
  close(): Promise<void>;
}

export const routes = resource(createRoutes);

interface Known {
  routes: Route[];
  readAtMs: number;
}

function createRoutes(runtime: Runtime): Routes {
  const known = new Map<string, Known>();
  const kept = new Map<string, { version: string; route: Route; close(): void }>();
  const tools = { http: outgoing.of(runtime), nowMs: () => runtime.clock.nowMs() };
  const standIns = runtime.standIns.flatMap(({ provider, credentials, settings }) => {
    const found = runtime.providers.find(({ id }) => id === provider);
    return found ? [{ provider: found, credentials, settings }] : [];
  });

  function routeOf(row: IntegrationRow): Route[] {
    const provider = runtime.providers.find(({ id }) => id === row.provider);
    if (!provider) return [];
    const key = `${row.workspace_id} ${row.id}`;
    const version = row.updated_at.toISOString();
    const before = kept.get(key);
    if (before?.version === version) {
      share(before.route, row);
      return [before.route];
    }
    before?.close();
    const made = open(row.workspace_id, row.id, provider, () => ({
      credentials: JSON.parse(runtime.seal.open(row.credentials, `integration ${row.id}`).toString()),
      settings: row.settings,
    }));
    if (row.name !== provider.name) made.route.label = `${provider.id}: ${row.name}`;
    share(made.route, row);
    kept.set(key, { version, ...made });
    return [made.route];
  }

  function open(
    workspaceId: string,
    integrationId: string | null,
    provider: Provider,
    config: () => { credentials: unknown; settings: unknown },
  ) {
    let connection: Connection | undefined;
    const route: Route = {
      integrationId,
      workspaceId,
      provider,
      label: provider.id,
      connection: () => (connection ??= provider.connect(config(), tools)),
      breaker: CLOSED,
      lastError: null,
      gone: false,
      dirty: false,
    };
    // What is on its way over the old connection finishes there.
    return { route, close: () => void Promise.resolve(connection?.close()).catch(() => undefined) };
  }

  function standInOf(workspaceId: string, channel: Channel): Route[] {
    return standIns
      .filter(({ provider }) => provider.channel === channel)
      .map(({ provider, credentials, settings }) => {
        const key = `stand-in ${provider.id}`;
        const before = kept.get(key);
        if (before) return before.route;
        const made = open(workspaceId, null, provider, () => ({ credentials, settings }));
        kept.set(key, { version: '', ...made });
        return made.route;
      });
  }

  return {
    async load(workspaceIds) {
      const nowMs = runtime.clock.nowMs();
      const missing = workspaceIds.filter((id) => {
        const entry = known.get(id);
        return !entry || nowMs - entry.readAtMs >= CACHE_MS || nowMs < entry.readAtMs;
      });
      if (missing.length === 0) return;
      const rows = await runtime.db.inSystem((tx) => usableIntegrations(tx, missing));
      if (known.size > MAX_WORKSPACES) known.clear();
      for (const id of missing) {
        const own = rows.filter((row) => row.workspace_id === id);
        known.set(id, { routes: own.flatMap(routeOf), readAtMs: nowMs });
      }
    },
    of(workspaceId, channel) {
      const own = (known.get(workspaceId)?.routes ?? []).filter(({ provider }) => provider.channel === channel);
      return own.length > 0 ? own : standInOf(workspaceId, channel);
    },
    forget: (workspaceId) => void known.delete(workspaceId),
    takeDirty() {
      const taken = [...kept.values()]
        .map(({ route }) => route)
        .filter((route) => route.dirty && route.integrationId !== null);
      for (const route of taken) route.dirty = false;
      return taken;
    },
    async close() {
      for (const { close } of kept.values()) close();
    },
  };
}

/** Another process may have found out before this one that a provider is down. */
function share(route: Route, row: IntegrationRow): void {
  const outUntilMs = row.out_until?.getTime() ?? 0;
  if (outUntilMs > route.breaker.outUntilMs) route.breaker = { failures: row.failures, outUntilMs, trying: false };
}

/** May it be given a message now? Asking for a trial takes the trial. */
export function admit(route: Route, nowMs: number): boolean {
  const answer = admits(route.breaker, nowMs);
  if (answer === 'trial') route.breaker = onTrial(route.breaker);
  return answer !== 'no';
}

/** It answered, whatever it said about the message. */
export function noteWorking(route: Route): void {
  if (route.breaker.failures === 0) return;
  route.breaker = CLOSED;
  route.dirty = true;
}

export function noteFailing(route: Route, nowMs: number, detail: string, fatal: boolean): void {
  route.breaker = onFailure(route.breaker, nowMs, fatal);
  route.lastError = detail;
  route.dirty = true;
}
