import type { WorkflowDefinition } from '@pulsestack/core';
import { type Runtime, resource } from '../../../kernel/runtime.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';
import { type Compiled, compile } from '../compile.ts';
import { awaitedNames, findVersions, publishedVersions, readRevision } from '../store/definitions.ts';

/** What a workspace has published, as of one revision. */
export interface Published {
  revision: number;
  byKey: ReadonlyMap<string, Compiled>;
  byEvent: ReadonlyMap<string, readonly Compiled[]>;
  /** Keys that exist and are not to be started: drafts, switched off, archived. */
  inactive: ReadonlySet<string>;
  awaited: ReadonlySet<string>;
}

/**
 * Compiled definitions. Versions never change; which of them are current is asked of the database each time, by one number. What a
 * transaction has seen is kept once it is committed: the numbers of one that is rolled back are given again.
 */
export interface Definitions {
  /** What is published as this transaction sees it. */
  current(tx: Transaction, workspaceId: string): Promise<Published>;
  /** Versions, if all of them are in memory. */
  kept(workspaceId: string, wanted: readonly { key: string; version: number }[]): Map<string, Compiled> | undefined;
  /** Versions by key and number, also old ones. Missing ones are left out. */
  versions(
    tx: Transaction,
    workspaceId: string,
    wanted: readonly { key: string; version: number }[],
  ): Promise<Map<string, Compiled>>;
}

const MAX_VERSIONS = 5000;
const MAX_WORKSPACES = 2000;

export const definitions = resource(createDefinitions);

export function versionKey(key: string, version: number): string {
  return `${key}@${version}`;
}

function createDefinitions(_runtime: Runtime): Definitions {
  const published = new Map<string, Published>();
  const known = new Map<string, Compiled>();

  function keep(
    tx: Transaction,
    workspaceId: string,
    row: { key: string; version: number; definition: WorkflowDefinition },
  ): Compiled {
    const id = `${workspaceId} ${versionKey(row.key, row.version)}`;
    const kept = known.get(id);
    if (kept) return kept;
    const compiled = compile(row.key, row.version, row.definition);
    tx.afterCommit(() => {
      if (known.size >= MAX_VERSIONS) known.clear();
      known.set(id, compiled);
    });
    return compiled;
  }

  return {
    async current(tx, workspaceId) {
      const revision = await readRevision(tx, workspaceId);
      const kept = published.get(workspaceId);
      if (kept?.revision === revision) return kept;
      const rows = await publishedVersions(tx, workspaceId);
      const byKey = new Map<string, Compiled>();
      const byEvent = new Map<string, Compiled[]>();
      const inactive = new Set<string>();
      const awaited = await awaitedNames(tx, workspaceId);
      for (const row of rows) {
        if (row.definition === null || row.version === null) {
          inactive.add(row.key);
          continue;
        }
        const compiled = keep(tx, workspaceId, { key: row.key, version: row.version, definition: row.definition });
        if (!row.active) {
          inactive.add(row.key);
          continue;
        }
        byKey.set(row.key, compiled);
        const { event } = compiled.definition.trigger;
        if (event !== undefined) byEvent.set(event, [...(byEvent.get(event) ?? []), compiled]);
      }
      const fresh = { revision, byKey, byEvent, inactive, awaited };
      tx.afterCommit(() => {
        if (published.size >= MAX_WORKSPACES) published.clear();
        published.set(workspaceId, fresh);
      });
      return fresh;
    },

    kept(workspaceId, wanted) {
      const found = new Map<string, Compiled>();
      for (const { key, version } of wanted) {
        const compiled = known.get(`${workspaceId} ${versionKey(key, version)}`);
        if (!compiled) return undefined;
        found.set(versionKey(key, version), compiled);
      }
      return found;
    },

    async versions(tx, workspaceId, wanted) {
      const found = new Map<string, Compiled>();
      const missing = [];
      for (const one of wanted) {
        const compiled = known.get(`${workspaceId} ${versionKey(one.key, one.version)}`);
        if (compiled) found.set(versionKey(one.key, one.version), compiled);
        else missing.push(one);
      }
      if (missing.length === 0) return found;
      for (const row of await findVersions(tx, workspaceId, missing))
        found.set(versionKey(row.key, row.version), keep(tx, workspaceId, row));
      return found;
    },
  };
}
