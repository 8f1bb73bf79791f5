import type { Step } from '@pulsestack/core';
import { ProductError } from '../../../kernel/errors.ts';
import type { Runtime } from '../../../kernel/runtime.ts';
import { isCritical, loadRules, messageLinks } from '../../preferences/index.ts';
import {
  type CompiledContent,
  type CompiledTemplate,
  type ContentStep,
  compileStep,
  loadSetting,
  loadTemplates,
  type RenderRequest,
  render,
  renewTemplates,
} from '../../templates/index.ts';
import { lineOf } from './interpret.ts';
import type { Data, Effect, Live } from './live.ts';
import { fillJson } from './text.ts';

type MessageEffect = Extract<Effect, { kind: 'message' }>;
interface Waiting {
  live: Live;
  effect: MessageEffect;
}

/** Renders the messages of many runs at once, outside of any transaction. What cannot be rendered is skipped with the reason. */
export async function renderMessages(runtime: Runtime, workspaceId: string, lives: readonly Live[]): Promise<void> {
  const waiting = lives.flatMap((live) =>
    live.effects.flatMap((effect): Waiting[] =>
      effect.kind === 'message' && !effect.content ? [{ live, effect }] : [],
    ),
  );
  if (waiting.length === 0) return;
  const keys = new Set(waiting.flatMap(({ effect }) => templateOf(effect.request.step) ?? []));
  const load = () =>
    runtime.db.inWorkspace(workspaceId, async (tx) => {
      const templates = await loadTemplates(tx, workspaceId, [...keys]);
      const contents = waiting.map(({ effect }) => contentOf(runtime, effect.request.step, templates));
      const found = contents.filter((content) => typeof content !== 'string');
      const rules = found.some((content) => content.channel === 'email') ? await loadRules(tx, workspaceId) : undefined;
      return { templates, contents, rules, setting: await loadSetting(tx, workspaceId, [...new Set(found)]) };
    });
  let loaded = await load();
  const stale = [...loaded.templates.values()].filter((template) => template.isStale);
  if (stale.length > 0) {
    await renewTemplates(
      runtime,
      workspaceId,
      stale.map((template) => template.key),
    );
    loaded = await load();
  }
  const { templates, setting, contents, rules } = loaded;
  const mayStop = ({ live }: Waiting) => {
    const { key, definition } = live.workflow;
    return !(rules && isCritical(rules, { ...definition, workflow: key }));
  };
  const ready: { one: Waiting; request: RenderRequest }[] = [];
  for (const [i, one] of waiting.entries()) {
    const content = contents[i] as CompiledContent | string;
    if (typeof content === 'string') refuse(runtime, one, content);
    else ready.push({ one, request: requestOf(runtime, one, content, setting, templates, mayStop(one)) });
  }
  const results = await render(
    runtime,
    ready.map(({ request }) => request),
  );
  for (const [i, { one }] of ready.entries()) {
    const result = results[i];
    if (result?.ok) one.effect.content = result.content;
    else refuse(runtime, one, result ? `${result.error.field ?? 'content'}: ${result.error.message}` : 'no answer');
  }
}

function requestOf(
  runtime: Runtime,
  { live, effect }: Waiting,
  content: CompiledContent,
  setting: RenderRequest['setting'],
  templates: ReadonlyMap<string, CompiledTemplate>,
  mayStop: boolean,
): RenderRequest {
  const { step, data } = effect.request;
  const extra = 'templateData' in step ? step.templateData : undefined;
  const named = templates.has(templateOf(step) ?? '');
  return {
    content,
    // What the step adds stands beside the payload, and wins over it.
    data: {
      ...data,
      ...(extra === undefined
        ? {}
        : { payload: { ...(data.payload as Data), ...(fillJson(extra as Data, data) as Data) } }),
      ...(step.type === 'email' ? { links: linksOf(runtime, live, mayStop) } : {}),
    },
    locale: live.user.locale,
    timeZone: live.user.timeZone ?? 'UTC',
    setting,
    ...(named && step.type === 'email' && step.attachments ? { attachments: step.attachments } : {}),
  };
}

/** What nobody may turn off offers no way to turn it off. */
function linksOf(runtime: Runtime, live: Live, mayStop: boolean): { preferences: string; unsubscribe?: string } {
  const { key, definition } = live.workflow;
  const { page, unsubscribe } = messageLinks(runtime, {
    workspaceId: live.workspaceId,
    userId: live.user.id,
    category: definition.category,
    workflow: key,
    channel: 'email',
  });
  return { preferences: page, ...(mayStop ? { unsubscribe } : {}) };
}

function templateOf(step: Step): string | undefined {
  return 'template' in step ? step.template : undefined;
}

// A definition lives as long as its version is kept in memory, and what its steps were compiled to as long as it.
const compiled = new WeakMap<Step, CompiledContent>();

/** The content of a step, or why it has none. */
export function contentOf(
  runtime: Pick<Runtime, 'templates'>,
  step: Step,
  templates: ReadonlyMap<string, CompiledTemplate>,
): CompiledContent | string {
  const key = templateOf(step);
  if (key !== undefined) {
    const template = templates.get(key);
    if (!template) return `there is no published template "${key}"`;
    return template.channel === step.type ? template.content : `the template "${key}" is made for ${template.channel}`;
  }
  let content = compiled.get(step);
  if (content) return content;
  try {
    compiled.set(step, (content = compileStep(runtime, step as ContentStep)));
    return content;
  } catch (error) {
    if (error instanceof ProductError) return error.message;
    throw error;
  }
}

function refuse(runtime: Runtime, { live, effect }: Waiting, reason: string): void {
  const sentence = `The template could not be rendered: ${reason}`;
  const { detail } = effect.line;
  const { type } = effect.request.step;
  Object.assign(effect.line, {
    ...lineOf(undefined, runtime.clock.now(), { code: 'template.failed', sentence }),
    step: effect.step,
    type,
    detail,
  });
  delete live.vars.messages[effect.step];
  live.effects = live.effects.map((one) =>
    one === effect
      ? { kind: 'skipped', step: effect.step, channel: effect.request.channel, code: 'template.failed', sentence }
      : one,
  );
}
