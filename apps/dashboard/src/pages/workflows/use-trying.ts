import type { WorkflowDefinition } from '@pulsestack/core';
import { useMutation } from '@tanstack/react-query';
import { runs } from '../../api/runs.ts';
import { type Rehearsed, workflows } from '../../api/workflows.ts';
import { parsed, pretty } from '../../ui/json.ts';
import { useForm } from '../../ui/use-form.ts';
import { samplePayload } from './paths.ts';
import { allPlaced } from './tree.ts';
import type { Editor } from './use-editor.ts';

const USER = /^[^\s\p{C}/?#]{1,128}$/u;

/** Rehearses the draft: what a user would get, when and why. */
export function useRehearsal(editor: Editor, onDone: (rehearsed: Rehearsed) => void) {
  const { definition } = editor;
  return useForm({
    initial: { user: [] as string[], payload: pretty(samplePayload(definition)), event: '', after: '1h' },
    checks: {
      user: ([user]) => (user !== undefined && USER.test(user) ? undefined : 'Choose who it is for'),
      payload: (payload) => {
        const { value, error } = parsed(payload);
        if (error !== undefined) return `This is not JSON: ${error}`;
        return typeof value === 'object' && value !== null && !Array.isArray(value)
          ? undefined
          : 'Write an object: { … }';
      },
    },
    fields: { '/payload': 'payload', '/user': 'user', '/events': 'event' },
    async submit({ user, payload, event, after }) {
      if (!(await editor.settle()))
        throw new Error('The draft is not saved yet. Mend what is marked on its steps first.');
      onDone(
        await workflows.test(definition.key, {
          user: user[0] ?? '',
          payload: parsed(payload).value as Record<string, unknown>,
          events: event === '' ? [] : [{ name: event, after, payload: {} }],
        }),
      );
    },
  });
}

/** The events some step waits for: what the user may do meanwhile. */
export function awaitedBy(definition: WorkflowDefinition): string[] {
  return [
    ...new Set(
      allPlaced(definition).flatMap(({ step }) => (step.type === 'wait' ? step.events.map((one) => one.event) : [])),
    ),
  ];
}

/** The payload and the user of the last run there was. */
export function useLastReal(key: string, onFound: (user: string, payload: unknown) => void) {
  return useMutation({
    mutationFn: async () => {
      const { items } = await runs.list({ workflow: key, limit: 1 });
      const [last] = items;
      if (!last) throw new Error('Nothing has started this workflow yet.');
      const { payload } = await runs.event(last.eventId);
      return { user: last.userId, payload };
    },
    onSuccess: ({ user, payload }) => onFound(user, payload),
  });
}

export function useReplay(editor: Editor) {
  return useMutation({
    mutationFn: async (limit: number) => {
      if (!(await editor.settle()))
        throw new Error('The draft is not saved yet. Mend what is marked on its steps first.');
      return workflows.replay(editor.definition.key, limit);
    },
  });
}
