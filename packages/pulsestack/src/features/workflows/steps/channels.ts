import type { Channel, Step } from '@pulsestack/core';
import { idBehind } from '../engine/ordered-id.ts';
import { type StepKind, stepKind } from './kind.ts';

/** A message on a channel. It is rendered after the steps of the batch were run, and stored in their commit. */
function channelStep<Type extends Channel>(type: Type): StepKind {
  return stepKind({
    type,
    run(step: Step, live, { newId, data, say }) {
      const id = idBehind(live.lastMessage, newId('message'));
      live.lastMessage = id;
      const line = say({ code: 'message.made', detail: { message: id, channel: type } });
      live.lines.push(line);
      live.effects.push({
        kind: 'message',
        id,
        step: step.id,
        line,
        request: { channel: type, step, data: data() },
      });
      live.vars.messages[step.id] = id;
      return { go: 'next' };
    },
  });
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
