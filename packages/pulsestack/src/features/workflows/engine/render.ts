import type { MessageContent } from '@pulsestack/core';
import type { Runtime } from '../../../kernel/runtime.ts';
import { lineOf } from './interpret.ts';
import type { Data, Effect, Live } from './live.ts';
import { fillJson } from './text.ts';

type MessageEffect = Extract<Effect, { kind: 'message' }>;

/** Renders the messages of many runs at once, outside of any transaction. What cannot be rendered is skipped with the reason. */
export async function renderMessages(runtime: Runtime, lives: readonly Live[]): Promise<void> {
  const waiting = lives.flatMap((live) =>
    live.effects.flatMap((effect) => (effect.kind === 'message' && !effect.content ? [{ live, effect }] : [])),
  );
  if (waiting.length === 0) return;
  for (const { live, effect } of waiting) {
    try {
      effect.content = contentOf(effect);
    } catch (error) {
      refuse(runtime, live, effect, error instanceof Error ? error.message : String(error));
    }
  }
}

function refuse(runtime: Runtime, live: Live, effect: MessageEffect, reason: string): void {
  const sentence = `The template could not be rendered: ${reason}`;
  const { detail } = effect.line;
  Object.assign(effect.line, {
    ...lineOf(undefined, runtime.clock.now(), { code: 'template.failed', sentence }),
    step: effect.step,
    type: effect.request.channel,
    detail,
  });
  delete live.vars.messages[effect.step];
  const { channel } = effect.request;
  live.effects = live.effects.map((one) =>
    one === effect ? { kind: 'skipped', step: effect.step, channel, code: 'template.failed', sentence } : one,
  );
}

function contentOf({ request }: MessageEffect): MessageContent {
  const {
    id: _id,
    if: _if,
    name: _name,
    type: _type,
    template: _template,
    templateData: _data,
    ...fields
  } = request.step;
  const filled = fillJson(fields, request.data) as Data;
  const body = String(filled.body ?? '');
  switch (request.channel) {
    case 'in_app':
      return {
        channel: 'in_app',
        title: String(filled.title ?? ''),
        body,
        link: (filled.link as string | undefined) ?? null,
      };
    case 'email':
      return { channel: 'email', subject: String(filled.subject ?? ''), html: body, text: body };
    case 'push':
      return { channel: 'push', title: String(filled.title ?? ''), body };
    case 'webhook':
      return { channel: 'webhook', body: (filled.body ?? null) as never };
    default:
      return { channel: request.channel, body };
  }
}
