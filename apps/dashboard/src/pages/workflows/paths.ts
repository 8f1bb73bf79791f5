import type { Step, WorkflowDefinition } from '@pulsestack/core';
import { allPlaced } from './tree.ts';

const ALWAYS = [
  'user.id',
  'user.name',
  'user.email',
  'user.phone',
  'user.locale',
  'user.timeZone',
  'event.name',
  'presence.online',
  'now',
];
const MESSAGES = new Set<Step['type']>(['in_app', 'email', 'sms', 'push', 'whatsapp', 'chat', 'webhook']);
const OUTPUTS: Partial<Record<Step['type'], readonly string[]>> = {
  digest: ['count'],
  wait: ['event', 'payload'],
  branch: ['branch'],
  split: ['arm'],
  http: ['output'],
  code: ['output'],
};

/** What a condition or a path can speak of at a step: the payload, the user, and the steps before it. */
export function pathsAt(definition: WorkflowDefinition, stepId?: string): string[] {
  const all = allPlaced(definition).map(({ step }) => step);
  const at = stepId === undefined ? all.length : all.findIndex((step) => step.id === stepId);
  const before = all.slice(0, Math.max(at, 0)).flatMap(({ id, type }) => {
    const names = MESSAGES.has(type) ? ['seenAt', 'readAt', 'clickedAt', 'state'] : (OUTPUTS[type] ?? []);
    return names.map((name) => `steps.${id}.${name}`);
  });
  return [...new Set([...payloadPaths(definition), ...ALWAYS, ...before])];
}

/** The fields of the payload that its schema declares, and those that the workflow speaks of anyway. */
export function payloadPaths(definition: WorkflowDefinition): string[] {
  const { payload, ...rest } = definition;
  const spoken = JSON.stringify(rest).match(/\bpayload(?:\.[A-Za-z_][\w-]*)+/g) ?? [];
  return [...new Set([...declared(payload, 'payload', 0), ...spoken])].toSorted();
}

const MAX_DEPTH = 4;

function declared(schema: unknown, path: string, depth: number): string[] {
  const properties = (schema as { properties?: Record<string, unknown> } | undefined)?.properties;
  if (!properties || depth > MAX_DEPTH) return depth === 0 ? [] : [path];
  return Object.entries(properties).flatMap(([name, inner]) => declared(inner, `${path}.${name}`, depth + 1));
}

/** A payload to try with, made of what the workflow speaks of. */
export function samplePayload(definition: WorkflowDefinition): Record<string, unknown> {
  const sample: Record<string, unknown> = {};
  for (const path of payloadPaths(definition)) {
    const names = path.split('.').slice(1);
    const last = names.pop();
    let here = sample;
    for (const name of names) {
      const inner = here[name];
      here = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : (here[name] = {});
    }
    if (last !== undefined && here[last] === undefined)
      here[last] = EXAMPLES.find(([fits]) => fits.test(last))?.[1] ?? 'Example';
  }
  return sample;
}

const EXAMPLES: readonly [RegExp, unknown][] = [
  [/url|link/i, 'https://example.com'],
  [/count|amount|total|percent|minutes|used|limit/i, 12],
  [/at$|date/i, '2026-12-24T18:00:00Z'],
  [/id$/i, '1'],
  [/items|list|events/i, ['one', 'two']],
];
