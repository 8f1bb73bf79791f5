import { TemplateInput, type Workflow, WorkflowDefinition } from '@pulsestack/core';
import type { Context } from '../../../kernel/context.ts';
import { loadTemplates, publishTemplate, putTemplate, type ReadyMade } from '../../templates/index.ts';
import { findWorkflow } from '../store/definitions.ts';
import { getWorkflow, publishDefinitionOf } from './definitions.ts';

/** Adds what is missing of a ready-made workflow, and leaves alone what is there: somebody may have changed it. */
export async function install(
  ctx: Context,
  ready: ReadyMade,
): Promise<{ workflow: Workflow; installed: boolean; templates: string[] }> {
  const known = await loadTemplates(
    ctx.tx,
    ctx.workspaceId,
    ready.templates.map((template) => template.key),
  );
  const missing = ready.templates.filter((template) => !known.has(template.key));
  for (const { key, name, content } of missing) {
    await putTemplate(ctx, key, TemplateInput.parse({ name, content }));
    await publishTemplate(ctx, key, null);
  }
  const definition = WorkflowDefinition.parse(ready.workflow);
  const installed = !(await findWorkflow(ctx.tx, ctx.workspaceId, definition.key));
  if (installed) await publishDefinitionOf(ctx, definition, 'Installed');
  return {
    workflow: await getWorkflow(ctx, definition.key),
    installed,
    templates: missing.map((template) => template.key),
  };
}
