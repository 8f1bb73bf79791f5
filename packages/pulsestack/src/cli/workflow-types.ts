import type { Step, TemplateDetail, Workflow, WorkflowDefinition, WorkflowVersion } from '@pulsestack/core';
import { type JsonSchema, writeType } from 'pushstream/catalogue';
import { allSteps, conditionsOf } from '../features/workflows/compile.ts';
import { variablesOf } from '../kernel/logic.ts';
import { callRemote } from './remote.ts';
import type { Remote } from './sync-files.ts';

const HEAD = '// Written by `pulsestack generate --workflows`; publish workflows and write it again instead.\n';

/** What each published workflow takes: its own schema, or what its texts, conditions and templates ask for. */
export async function payloadsOf(remote: Remote): Promise<Map<string, JsonSchema>> {
  const payloads = new Map<string, JsonSchema>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = `?status=published&limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = await callRemote<{ items: Workflow[]; nextCursor: string | null }>(
      remote,
      'GET',
      `/v1/workflows${query}`,
    );
    for (const workflow of page.items) {
      const definition = workflow.changed ? await runningOf(remote, workflow.key) : workflow.draft;
      payloads.set(
        workflow.key,
        (definition.payload as JsonSchema | undefined) ?? (await inferred(remote, definition)),
      );
    }
    cursor = page.nextCursor;
  }
  return payloads;
}

/** A module that adds to `WorkflowPayloads` of `@pulsestack/node`. */
export function writeWorkflowTypes(payloads: ReadonlyMap<string, JsonSchema>): string {
  const fields = [...payloads]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, schema]) => `    ${JSON.stringify(key)}: ${writeType(schema, 2)};\n`);
  return `${HEAD}import '@pulsestack/node';\n\ndeclare module '@pulsestack/node' {\n  interface WorkflowPayloads {\n${fields.join('')}  }\n}\n`;
}

async function runningOf(remote: Remote, key: string): Promise<WorkflowDefinition> {
  const path = `/v1/workflows/${encodeURIComponent(key)}/versions?limit=1`;
  const { items } = await callRemote<{ items: [WorkflowVersion] }>(remote, 'GET', path);
  return items[0].definition;
}

async function inferred(remote: Remote, definition: WorkflowDefinition): Promise<JsonSchema> {
  const steps = allSteps(definition.steps);
  const root: Tree = new Map();
  for (const path of conditionsOf(definition).flatMap(variablesOf)) addPath(root, path);
  for (const step of steps) for (const path of pathsIn(step)) addPath(root, path);
  const own = schemaOf(root);
  const keys = new Set(steps.flatMap((step) => ('template' in step && step.template ? [step.template] : [])));
  const templates = await Promise.all(
    [...keys].map((key) => callRemote<TemplateDetail>(remote, 'GET', `/v1/templates/${encodeURIComponent(key)}`)),
  );
  const all = [own, ...templates.map((template) => template.schema as JsonSchema)].filter(
    (schema) => Object.keys(schema.properties ?? {}).length > 0,
  );
  return all.length > 1 ? { allOf: all } : (all[0] ?? { type: 'object' });
}

type Tree = Map<string, Tree>;

/** The paths of the payload in the texts of a step, and in its fields that are paths. */
function pathsIn(step: Step): string[] {
  const text = JSON.stringify(step, (key, value: unknown) => (STEP_LISTS.has(key) ? undefined : value));
  return [...text.matchAll(/\bpayload((?:\.[A-Za-z_][\w-]*)+)/g)].map((match) => match[0]);
}

const STEP_LISTS = new Set(['steps', 'else', 'onTimeout', 'branches', 'events', 'arms']);

function addPath(root: Tree, path: string): void {
  const [first, ...names] = path.split('.');
  if (first !== 'payload') return;
  let here = root;
  for (const name of names) {
    // A number is a place in a list, of which nothing more is known.
    if (!/^[A-Za-z_][\w-]*$/.test(name)) return;
    const next: Tree = here.get(name) ?? new Map();
    here.set(name, next);
    here = next;
  }
}

/** What is only seen used is not known to be needed. */
function schemaOf(tree: Tree): JsonSchema {
  if (tree.size === 0) return {};
  return { type: 'object', properties: Object.fromEntries([...tree].map(([name, inner]) => [name, schemaOf(inner)])) };
}
