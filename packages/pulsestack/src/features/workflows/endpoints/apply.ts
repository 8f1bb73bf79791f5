import {
  type Applied,
  type AppliedWorkflow,
  type FieldError,
  WorkflowDefinition,
  type WorkflowOrigin,
} from '@pulsestack/core';
import { audit } from '../../../kernel/audit.ts';
import type { Context } from '../../../kernel/context.ts';
import { hashOf } from '../compile.ts';
import {
  archive,
  getVersion,
  originInWords,
  publishDefinitionOf,
  saveDraft,
  validate,
} from '../definitions/definitions.ts';
import { diff } from '../definitions/diff.ts';
import { inOrder } from '../definitions/promote.ts';
import { findWorkflow, lockWorkflow, setOrigin, type WorkflowRow } from '../store/definitions.ts';
import { keysFrom } from '../store/endpoints.ts';

export interface Wanted {
  given: readonly Record<string, unknown>[];
  origin: WorkflowOrigin;
  /** Otherwise drafts are saved. */
  publish: boolean;
  dryRun: boolean;
  /** Overwrites what somebody else keeps or has changed. */
  force: boolean;
  /** The hashes of the drafts that the giver knows; null is none. */
  expected?: Record<string, string | null> | undefined;
  /** Archives what the code behind the endpoint has no more. */
  prune?: boolean;
}

/** Carries the report of what was tried out of a transaction that must not be committed. */
class Undo extends Error {
  readonly workflows: AppliedWorkflow[];
  constructor(workflows: AppliedWorkflow[]) {
    super('undone');
    this.workflows = workflows;
  }
}

/**
 * Takes over definitions that are kept elsewhere: all of them, or none when one is refused. A dry run does the same and undoes
 * it, so that what it tells is what would be.
 */
export async function applyDefinitions(ctx: Context, wanted: Wanted): Promise<Applied> {
  const { definitions, refused } = readDefinitions(wanted.given);
  try {
    return await ctx.db.inWorkspace(ctx.workspaceId, async (tx) => {
      const inside = { ...ctx, tx };
      const workflows = [...refused];
      for (const definition of inOrder(definitions)) workflows.push(await applyOne(inside, definition, wanted));
      if (wanted.origin.kind === 'code') workflows.push(...(await applyMissing(inside, definitions, wanted)));
      workflows.sort((a, b) => (a.key < b.key ? -1 : 1));
      if (wanted.dryRun || workflows.some((one) => one.status === 'refused')) throw new Undo(workflows);
      const changed = workflows.filter((one) => one.status !== 'unchanged' && one.status !== 'missing');
      if (changed.length > 0)
        await audit(inside, {
          action: wanted.origin.kind === 'code' ? 'workflow.synced' : 'workflow.pushed',
          target: wanted.origin.kind === 'code' ? wanted.origin.endpoint : null,
          detail: { workflows: changed.map((one) => one.key), publish: wanted.publish },
        });
      return { applied: true, workflows };
    });
  } catch (error) {
    if (error instanceof Undo) return { applied: false, workflows: error.workflows };
    throw error;
  }
}

async function applyOne(ctx: Context, definition: WorkflowDefinition, wanted: Wanted): Promise<AppliedWorkflow> {
  const { key } = definition;
  await lockWorkflow(ctx.tx, ctx.workspaceId, key);
  const row = await findWorkflow(ctx.tx, ctx.workspaceId, key);
  const hash = hashOf(definition);
  const current = row?.published == null ? null : await getVersion(ctx, key, row.published);
  const before = wanted.publish ? (current?.definition ?? null) : (row?.draft ?? null);
  const told = { key, version: row?.published ?? null, changes: diff(before, definition), problems: [] };
  const conflict = row?.draft_hash === hash || wanted.force ? null : conflictOf(row, key, wanted);
  if (conflict) return { ...told, status: 'refused', problems: [problem('', conflict)] };
  const isThere = row !== undefined && row.archived_at === null && row.draft_hash === hash;
  const status = row === undefined ? 'created' : 'changed';
  if (isThere && (!wanted.publish || row.published_hash === hash)) {
    // Files may be a copy of what is edited here, so being the same makes nobody their keeper.
    if (wanted.origin.kind === 'code') await setOrigin(ctx.tx, ctx.workspaceId, key, wanted.origin);
    return { ...told, status: 'unchanged', changes: [] };
  }
  const problems = await validate(ctx, definition);
  if (wanted.publish && problems.length > 0) return { ...told, status: 'refused', problems };
  const version = wanted.publish
    ? (await publishDefinitionOf(ctx, definition, noteOf(wanted.origin))).version.version
    : (await saveDraft(ctx, definition)).workflow.version;
  await setOrigin(ctx.tx, ctx.workspaceId, key, wanted.origin);
  return { ...told, status, version, problems };
}

/** Why somebody else's work would be lost, or null. */
function conflictOf(row: WorkflowRow | undefined, key: string, { origin, expected }: Wanted): string | null {
  const isOurs = row?.origin != null && JSON.stringify(sorted(row.origin)) === JSON.stringify(sorted(origin));
  if (row?.origin && !isOurs) return `it ${originInWords(row.origin)}; use force to take it over`;
  if (origin.kind === 'code' && row && !isOurs)
    return 'there is a workflow with this key that was made elsewhere; use force to take it over';
  if (expected && (expected[key] ?? null) !== (row?.draft_hash ?? null))
    return row
      ? 'it was changed here since it was pulled; pull again, or use force to overwrite it'
      : 'it was deleted here since it was pulled; use force to make it again';
  return null;
}

async function applyMissing(
  ctx: Context,
  definitions: readonly WorkflowDefinition[],
  { origin, prune }: Wanted,
): Promise<AppliedWorkflow[]> {
  if (origin.kind !== 'code') return [];
  const there = new Set(definitions.map((one) => one.key));
  const gone = (await keysFrom(ctx.tx, ctx.workspaceId, origin.endpoint)).filter((key) => !there.has(key));
  const told: AppliedWorkflow[] = [];
  for (const key of gone) {
    const row = await findWorkflow(ctx.tx, ctx.workspaceId, key);
    if (prune) await archive(ctx, key);
    const status = prune ? 'archived' : 'missing';
    told.push({ key, status, version: row?.published ?? null, changes: [], problems: [] });
  }
  return told;
}

function readDefinitions(given: readonly Record<string, unknown>[]): {
  definitions: WorkflowDefinition[];
  refused: AppliedWorkflow[];
} {
  const definitions: WorkflowDefinition[] = [];
  const refused: AppliedWorkflow[] = [];
  const seen = new Set<string>();
  for (const [i, one] of given.entries()) {
    const key = typeof one.key === 'string' ? one.key.slice(0, 64) : `#${i + 1}`;
    const read = WorkflowDefinition.safeParse(one);
    const problems = read.success
      ? seen.has(key)
        ? [problem('/key', 'this key is used by another workflow')]
        : []
      : read.error.issues.slice(0, 20).map((issue) => problem(pointer(issue.path), issue.message));
    seen.add(key);
    if (read.success && problems.length === 0) definitions.push(read.data);
    else refused.push({ key, status: 'refused', version: null, changes: [], problems });
  }
  return { definitions, refused };
}

function problem(field: string, message: string): FieldError {
  return { in: 'body', field, message };
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function noteOf(origin: WorkflowOrigin): string {
  return origin.kind === 'code' ? `From the code behind "${origin.endpoint}"` : 'Pushed from files';
}

function sorted(origin: WorkflowOrigin): unknown {
  return Object.entries(origin).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
