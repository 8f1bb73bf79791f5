import type { Channel, MessageContent, Step } from '@pulsestack/core';
import type { Live } from '../engine/live.ts';
import { idBehind } from '../engine/ordered-id.ts';
import { type StepKind, stepKind } from './kind.ts';
import { readMadeContent, unknownContent } from './made-content.ts';

/** A message on a channel. It is rendered after the steps of the batch were run, and stored in their commit. */
function channelStep<Type extends Channel>(type: Type): StepKind {
  return stepKind({
    type,
    run(step: Step, live, { newId, data, say }) {
      const id = idBehind(live.lastMessage, newId('message'));
      live.lastMessage = id;
      const line = say({ code: 'message.made', detail: { message: id, channel: type } });
      live.lines.push(line);
      const from = 'contentFrom' in step ? step.contentFrom : undefined;
      const content = from === undefined ? undefined : madeContent(type, live, from);
      if (typeof content === 'string') {
        const sentence = `The code step "${from}" has made no content for ${type}: ${content}.`;
        Object.assign(line, { code: 'template.failed', sentence });
        live.effects.push({ kind: 'skipped', step: step.id, channel: type, code: 'template.failed', sentence });
        return { go: 'next' };
      }
      live.effects.push({
        kind: 'message',
        id,
        step: step.id,
        line,
        request: { channel: type, step, data: data() },
        ...(content === undefined ? {} : { content }),
      });
      live.vars.messages[step.id] = id;
      return { go: 'next' };
    },
  });
}

function madeContent(type: Channel, live: Live, from: string): MessageContent | string {
  const content = readMadeContent(type, live.vars.steps[from]);
  return live.isRehearsal && typeof content === 'string' ? unknownContent(type, from) : content;
}

export const channelSteps: readonly StepKind[] = [
  channelStep('in_app'),
  channelStep('email'),
  channelStep('sms'),
  channelStep('push'),
  channelStep('whatsapp'),
  channelStep('chat'),
  channelStep('webhook'),
];
