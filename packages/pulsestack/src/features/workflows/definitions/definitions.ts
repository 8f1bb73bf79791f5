import {
  CHANNELS,
  type Change,
  type FieldError,
  type Workflow,
  type WorkflowDefinition,
  type WorkflowOrigin,
  type WorkflowVersion,
} from '@pulsestack/core';
import { actorOf } from '../../../kernel/audit.ts';
import type { Context } from '../../../kernel/context.ts';
import { fail, notFound } from '../../../kernel/errors.ts';
import { registerWorkflow } from '../../preferences/index.ts';
import { loadTemplates } from '../../templates/index.ts';
import { allSteps, hashOf } from '../compile.ts';
import { contentOf } from '../engine/render.ts';
import * as store from '../store/definitions.ts';
import { knownEndpoints } from '../store/endpoints.ts';
import { definitions } from './cache.ts';
import { invokedBy, placedSteps, problemsOf, problemsOfInvokes } from './checks.ts';
import { diff } from './diff.ts';

/** Saves a draft. It may be unfinished: what keeps it from working is told, and refused only when it is published. */
export async function saveDraft(
  ctx: Context,
  definition: WorkflowDefinition,
): Promise<{ workflow: Workflow; problems: FieldError[]; created: boolean }> {
  const created = await store.saveDraft(
    ctx.tx,
    ctx.workspaceId,
    { key: definition.key, name: definition.name, definition, hash: hashOf(definition), by: actorOf(ctx) },
    ctx.clock.now(),
  );
  // From now on its key is known, though it starts nothing yet.
  if (created) await store.advanceRevision(ctx.tx, ctx.workspaceId);
  return { workflow: await getWorkflow(ctx, definition.key), problems: await validate(ctx, definition), created };
}

/** Saves a draft by hand. One that is kept in code or files is left alone, unless it is taken over from there. */
export async function saveByHand(ctx: Context, definition: WorkflowDefinition, force: boolean) {
  await store.lockWorkflow(ctx.tx, ctx.workspaceId, definition.key);
  const row = await store.findWorkflow(ctx.tx, ctx.workspaceId, definition.key);
  if (row?.origin && !force)
    throw fail(
      'workflow.managed',
      `The workflow "${definition.key}" ${originInWords(row.origin)}; change it there, or send force=true to take it over.`,
    );
  if (row?.origin) await store.setOrigin(ctx.tx, ctx.workspaceId, definition.key, null);
  return saveDraft(ctx, definition);
}

export function originInWords(origin: WorkflowOrigin): string {
  return origin.kind === 'code'
    ? `comes from the code behind the endpoint "${origin.endpoint}"`
    : 'was pushed from files';
}

/** All that keeps a definition from being published. */
export async function validate(ctx: Context, definition: WorkflowDefinition): Promise<FieldError[]> {
  const problems = [
    ...problemsOf(definition),
    ...(await problemsOfContents(ctx, definition)),
    ...(await problemsOfEndpoints(ctx, definition)),
  ];
  // Only what starts others can be wrong because of them.
  if (problems.length > 0 || invokedBy(definition).length === 0) return problems;
  const published = await definitions.of(ctx).current(ctx.tx, ctx.workspaceId);
  const others = new Map([...published.byKey.values()].map((one) => [one.key, one.definition]));
  return problemsOfInvokes(definition, others);
}

/** What is wrong with what its channel steps say, and with the templates they name. */
async function problemsOfContents(ctx: Context, definition: WorkflowDefinition): Promise<FieldError[]> {
  const steps = placedSteps(definition.steps).filter(
    ({ step }) =>
      (CHANNELS as readonly string[]).includes(step.type) && !('contentFrom' in step && step.contentFrom !== undefined),
  );
  const keys = steps.flatMap(({ step }) => ('template' in step && step.template !== undefined ? [step.template] : []));
  const templates = await loadTemplates(ctx.tx, ctx.workspaceId, [...new Set(keys)]);
  return steps.flatMap(({ step, place }): FieldError[] => {
    const content = contentOf(ctx, step, templates);
    return typeof content === 'string' ? [{ in: 'body', field: place, message: `step "${step.id}": ${content}` }] : [];
  });
}

/** Code steps whose endpoint is not registered. */
async function problemsOfEndpoints(ctx: Context, definition: WorkflowDefinition): Promise<FieldError[]> {
  const steps = placedSteps(definition.steps).flatMap(({ step, place }) =>
    step.type === 'code' ? [{ id: step.id, endpoint: step.endpoint, place }] : [],
  );
  const known = await knownEndpoints(ctx.tx, ctx.workspaceId, [...new Set(steps.map((one) => one.endpoint))]);
  return steps
    .filter(({ endpoint }) => !known.has(endpoint))
    .map(({ id, endpoint, place }) => ({
      in: 'body',
      field: `${place}/endpoint`,
      message: `step "${id}": there is no workflow endpoint "${endpoint}"`,
    }));
}

export async function getWorkflow(ctx: Context, key: string): Promise<Workflow> {
  const row = await store.findWorkflow(ctx.tx, ctx.workspaceId, key);
  if (!row) throw notFound('workflow');
  return toWorkflow(row);
}

/** Makes the draft the version that runs from now on. Runs under way stay on theirs. Publishing the same again changes nothing. */
export async function publish(
  ctx: Context,
  key: string,
  note: string | null,
): Promise<{ version: WorkflowVersion; changes: Change[]; changed: boolean }> {
  await store.lockWorkflow(ctx.tx, ctx.workspaceId, key);
  const row = await store.findWorkflow(ctx.tx, ctx.workspaceId, key);
  if (!row) throw notFound('workflow');
  const before = row.published === null ? null : await getVersion(ctx, key, row.published);
  const changes = diff(before?.definition ?? null, row.draft);
  if (before && before.hash === row.draft_hash && row.archived_at === null)
    return { version: before, changes: [], changed: false };
  const version = await publishDefinition(ctx, row.draft, note);
  return { version: await getVersion(ctx, key, version), changes, changed: true };
}

/** Saves a definition and publishes it at once, for those who have it as a whole: files, code, ready-made ones. */
export async function publishDefinitionOf(ctx: Context, definition: WorkflowDefinition, note: string | null = null) {
  await saveDraft(ctx, definition);
  return publish(ctx, definition.key, note);
}

/** Keeps a definition as a new version and lets it run. The workflow must exist. */
export async function publishDefinition(
  ctx: Context,
  definition: WorkflowDefinition,
  note: string | null,
): Promise<number> {
  const problems = await validate(ctx, definition);
  if (problems.length > 0) throw refusal(definition.key, problems);
  const { tx, workspaceId } = ctx;
  const now = ctx.clock.now();
  await store.advanceRevision(tx, workspaceId);
  const awaited = allSteps(definition.steps).flatMap((step) =>
    step.type === 'wait' ? step.events.map((one) => one.event) : [],
  );
  await store.addAwaited(tx, workspaceId, [...new Set(awaited)]);
  const { key, name, category, critical } = definition;
  await registerWorkflow(ctx, { workflow: key, name, category, critical });
  return store.addVersion(
    tx,
    workspaceId,
    { key: definition.key, definition, hash: hashOf(definition), note, by: actorOf(ctx) },
    now,
  );
}

export function refusal(key: string, problems: FieldError[]) {
  const first = problems[0]?.message ?? '';
  return fail('workflow.invalid', `The workflow "${key}" cannot work as it is written: ${first}.`, {
    fields: problems.slice(0, 20),
  });
}

/** An earlier version becomes the draft and runs again, as a new version. */
export async function rollBack(
  ctx: Context,
  key: string,
  version: number,
): Promise<{ version: WorkflowVersion; changes: Change[] }> {
  await store.lockWorkflow(ctx.tx, ctx.workspaceId, key);
  const row = await store.findWorkflow(ctx.tx, ctx.workspaceId, key);
  if (!row) throw notFound('workflow');
  const target = await getVersion(ctx, key, version);
  const current = row.published === null ? null : await getVersion(ctx, key, row.published);
  await store.saveDraft(
    ctx.tx,
    ctx.workspaceId,
    { key, name: target.definition.name, definition: target.definition, hash: target.hash, by: actorOf(ctx) },
    ctx.clock.now(),
  );
  const made = await publishDefinition(ctx, target.definition, `Back to version ${version}`);
  return { version: await getVersion(ctx, key, made), changes: diff(current?.definition ?? null, target.definition) };
}

/** The draft under another key. */
export async function duplicate(
  ctx: Context,
  key: string,
  to: { key: string; name: string | undefined },
): Promise<Workflow> {
  const row = await store.findWorkflow(ctx.tx, ctx.workspaceId, key);
  if (!row) throw notFound('workflow');
  if (await store.findWorkflow(ctx.tx, ctx.workspaceId, to.key))
    throw fail('resource.exists', `There is a workflow "${to.key}" already.`);
  const definition = { ...row.draft, key: to.key, name: to.name ?? `${row.name} (copy)`.slice(0, 120) };
  return (await saveDraft(ctx, definition)).workflow;
}

/** Switches a workflow on or off: while it is off, events are accepted and start nothing. Runs under way go on. */
export async function setActive(ctx: Context, key: string, active: boolean): Promise<Workflow> {
  await getWorkflow(ctx, key);
  await store.advanceRevision(ctx.tx, ctx.workspaceId);
  await store.setActive(ctx.tx, ctx.workspaceId, key, active, ctx.clock.now());
  return getWorkflow(ctx, key);
}

/** Puts a workflow away: it starts no more and is not listed; its versions and runs stay. */
export async function archive(ctx: Context, key: string): Promise<void> {
  await getWorkflow(ctx, key);
  await store.advanceRevision(ctx.tx, ctx.workspaceId);
  await store.setArchived(ctx.tx, ctx.workspaceId, key, ctx.clock.now());
}

export async function getVersion(ctx: Context, key: string, version: number): Promise<WorkflowVersion> {
  const [row] = await store.findVersions(ctx.tx, ctx.workspaceId, [{ key, version }]);
  if (!row) throw notFound('version');
  return toVersion(row);
}

export function toVersion(row: store.VersionRow): WorkflowVersion {
  return {
    version: row.version,
    hash: row.hash,
    note: row.note,
    publishedAt: row.published_at.toISOString(),
    publishedBy: row.published_by,
    definition: row.definition,
  };
}

export function toWorkflow(row: store.WorkflowRow): Workflow {
  const status = row.archived_at ? 'archived' : row.published === null ? 'draft' : row.active ? 'published' : 'off';
  return {
    key: row.key,
    name: row.name,
    status,
    version: row.published,
    changed: row.published_hash !== row.draft_hash,
    draft: row.draft,
    hash: row.draft_hash,
    origin: row.origin,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    updatedBy: row.updated_by,
    publishedAt: row.published_at?.toISOString() ?? null,
  };
}
