import type { Change, FieldError, WorkflowDefinition } from '@pulsestack/core';
import { audit } from '../../../kernel/audit.ts';
import type { Context } from '../../../kernel/context.ts';
import { notFound } from '../../../kernel/errors.ts';
import { hashOf } from '../compile.ts';
import { findWorkflow, publishedVersions, sandboxOf } from '../store/definitions.ts';
import { invokedBy } from './checks.ts';
import { getVersion, originInWords, publishDefinitionOf, validate } from './definitions.ts';
import { diff } from './diff.ts';

export interface Promoted {
  key: string;
  changed: boolean;
  version: number | null;
  changes: Change[];
  problems: FieldError[];
}

/**
 * Publishes here what is published in the sandbox. It is asked for with the rights of the workspace that changes; the sandbox
 * is only read. What does not work here (a template that is missing) is told and left as it is; the others are taken over.
 */
export async function promote(
  ctx: Context,
  wanted: { keys?: string[] | undefined; dryRun: boolean },
): Promise<{ workflows: Promoted[] }> {
  const sandbox = await ctx.db.inSystem((tx) => sandboxOf(tx, ctx.workspaceId));
  if (sandbox === undefined) throw notFound('sandbox');
  const rows = await ctx.db.inWorkspace(sandbox, (tx) => publishedVersions(tx, sandbox));
  const definitions = rows
    .filter((row) => row.active && row.definition !== null && (wanted.keys?.includes(row.key) ?? true))
    .map((row) => row.definition as WorkflowDefinition);
  return ctx.db.inWorkspace(ctx.workspaceId, async (tx) => {
    const inside = { ...ctx, tx };
    const workflows: Promoted[] = [];
    for (const definition of inOrder(definitions)) workflows.push(await promoteOne(inside, definition, wanted.dryRun));
    const changed = workflows.filter((one) => one.changed).map((one) => one.key);
    if (!wanted.dryRun && changed.length > 0)
      await audit(inside, { action: 'workflow.promoted', target: null, detail: { from: sandbox, workflows: changed } });
    return { workflows };
  });
}

async function promoteOne(ctx: Context, definition: WorkflowDefinition, dryRun: boolean): Promise<Promoted> {
  const row = await findWorkflow(ctx.tx, ctx.workspaceId, definition.key);
  const current = row?.published == null ? null : await getVersion(ctx, definition.key, row.published);
  const untouched = {
    key: definition.key,
    changed: false,
    version: current?.version ?? null,
    changes: [],
    problems: [],
  };
  if (current && current.hash === hashOf(definition) && row?.archived_at === null) return untouched;
  const changes = diff(current?.definition ?? null, definition);
  const problems = row?.origin
    ? [{ in: 'body' as const, field: '', message: `here it ${originInWords(row.origin)}, so it changes there` }]
    : await validate(ctx, definition);
  if (problems.length > 0 || dryRun) return { ...untouched, changes, problems };
  const { version } = await publishDefinitionOf(ctx, definition, 'From the sandbox');
  return { ...untouched, changed: true, version: version.version, changes };
}

/** Those that are started by others come first, so that whoever starts them finds them published. */
export function inOrder(definitions: readonly WorkflowDefinition[]): WorkflowDefinition[] {
  const byKey = new Map(definitions.map((one) => [one.key, one]));
  const ordered = new Set<WorkflowDefinition>();
  const visit = (definition: WorkflowDefinition, above: ReadonlySet<string>) => {
    if (ordered.has(definition) || above.has(definition.key)) return;
    for (const key of invokedBy(definition)) {
      const inner = byKey.get(key);
      if (inner) visit(inner, new Set([...above, definition.key]));
    }
    ordered.add(definition);
  };
  for (const definition of definitions) visit(definition, new Set());
  return [...ordered];
}
