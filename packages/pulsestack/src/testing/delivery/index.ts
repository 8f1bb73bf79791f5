import type { MessageContent } from '@pulsestack/core';
import { type Enqueued, enqueueMessages, type MessageDraft } from '../../features/delivery/index.ts';
import { workContext } from '../../kernel/context.ts';
import type { TestApp } from '../index.ts';

/** An e-mail to Ada, or whatever else is asked for. */
export function draft(app: TestApp, change: Partial<MessageDraft> = {}): MessageDraft {
  return {
    id: app.runtime.newId('message'),
    userId: 'ada',
    content: email(),
    category: 'general',
    priority: 'normal',
    critical: false,
    workflow: null,
    runId: null,
    stepId: null,
    correlationId: 'req_test',
    ...change,
  };
}

export function email(subject = 'Hello'): MessageContent {
  return { channel: 'email', subject, html: `<p>${subject}</p>`, text: subject };
}

/** Enqueues as the rooms behind this one do: in a transaction of theirs. */
export function enqueue(app: TestApp, ...drafts: MessageDraft[]): Promise<Enqueued[]> {
  return app.runtime.db.inWorkspace(app.home.id, (tx) =>
    enqueueMessages(workContext(app.runtime, app.home.id, 'req_test', tx), drafts),
  );
}
