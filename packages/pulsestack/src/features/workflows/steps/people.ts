import { TopicKey } from '@pulsestack/core';
import type { Data } from '../engine/live.ts';
import { fillJson, fillText, problemOfText } from '../engine/text.ts';
import { stepKind } from './kind.ts';

/** Sets attributes of the user; null removes one. Later steps of this run see them. */
export const updateUser = stepKind({
  type: 'update_user',
  run(step, live, { data }) {
    const filled = fillJson(step.attributes as Data, data()) as Data;
    const entries = Object.entries(filled);
    const set = Object.fromEntries(entries.filter(([, value]) => value !== null));
    const remove = entries.filter(([, value]) => value === null).map(([name]) => name);
    live.effects.push({ kind: 'user', set, remove });
    const attributes = { ...live.user.attributes, ...set };
    for (const name of remove) delete attributes[name];
    live.user = { ...live.user, attributes };
    return { go: 'next', output: set, say: { code: 'user.updated', detail: { set, remove } } };
  },
});

export const updateTopic = stepKind({
  type: 'update_topic',
  check: (step) => [problemOfText(step.topic)].filter((one) => one !== null),
  run(step, live, { data }) {
    const topic = TopicKey.safeParse(fillText(step.topic, data()));
    if (!topic.success) {
      const sentence = `"${fillText(step.topic, data()).slice(0, 100)}" is no key of a topic.`;
      return { go: 'fail', say: { code: 'step.failed', sentence } };
    }
    live.effects.push({ kind: 'topic', topic: topic.data, action: step.action });
    const did = step.action === 'subscribe' ? 'subscribed to' : 'unsubscribed from';
    const sentence = `The user was ${did} ${topic.data}.`;
    return {
      go: 'next',
      output: { topic: topic.data },
      say: { code: 'topic.updated', sentence, detail: { topic: topic.data, action: step.action } },
    };
  },
});

/** Starts another workflow for the same user, and goes on without waiting for it. */
export const invoke = stepKind({
  type: 'invoke',
  run(step, live, { data, newId, say }) {
    if (live.depth >= MAX_DEPTH) {
      const sentence = `Workflows may start each other ${MAX_DEPTH} deep.`;
      return { go: 'fail', say: { code: 'workflow.not_invoked', sentence } };
    }
    const payload = step.payload === undefined ? live.payload : (fillJson(step.payload as Data, data()) as Data);
    const runId = newId('run');
    const line = say({
      code: 'workflow.invoked',
      sentence: `The workflow ${step.workflow} was started.`,
      detail: { workflow: step.workflow, run: runId },
    });
    live.lines.push(line);
    live.effects.push({ kind: 'invoke', workflow: step.workflow, payload, runId, eventId: newId('event'), line });
    return { go: 'next', output: { run: runId } };
  },
});

export const MAX_DEPTH = 5;
