import type { Channel, Priority } from '@pulsestack/core';
import { useMutation } from '@tanstack/react-query';
import { explain } from '../../api/explain.ts';
import { useForm } from '../../ui/use-form.ts';
import { SLUG, SLUG_HELP } from '../preferences/words.ts';
import { audienceOf, type Chosen, checkChosen, NOBODY } from './audience.ts';

export const LIMIT = 5000;

interface Values {
  audience: Chosen;
  channels: readonly Channel[] | undefined;
  category: string;
  workflow: string;
  priority: Priority;
  critical: boolean;
}

export const ASKED_FIRST: readonly Channel[] = ['in_app', 'email'];

interface Given {
  user?: string;
  topic?: string;
  category?: string;
  workflow?: string;
}

/** Asks what would become of a message. One person gets the reasons of each layer, several get a count of them. */
export function useExplain(given: Given) {
  const asking = useMutation({
    mutationFn: async ({ audience, channels, category, workflow, ...rest }: Values) => {
      const question = {
        ...rest,
        channels: channels ?? ASKED_FIRST,
        category: category.trim() || 'general',
        ...(workflow.trim() === '' ? {} : { workflow: workflow.trim() }),
      };
      const [only, ...others] = audience.users;
      const isOne = audience.kind === 'people' && only !== undefined && others.length === 0;
      const answer = await explain(
        isOne ? { ...question, user: only } : { ...question, audience: audienceOf(audience), limit: LIMIT },
      );
      return { ...answer, asked: isOne ? only : null };
    },
  });
  const form = useForm<Values>({
    initial: {
      audience: given.topic
        ? { ...NOBODY, kind: 'topic', topic: given.topic }
        : { ...NOBODY, users: given.user ? [given.user] : [] },
      channels: ASKED_FIRST,
      category: given.category ?? '',
      workflow: given.workflow ?? '',
      priority: 'normal',
      critical: false,
    },
    checks: {
      audience: checkChosen,
      category: (category) => (category.trim() === '' || SLUG.test(category.trim()) ? undefined : SLUG_HELP),
      workflow: (workflow) => (workflow.trim() === '' || SLUG.test(workflow.trim()) ? undefined : SLUG_HELP),
    },
    fields: { '/user': 'audience' },
    submit: async (values) => void (await asking.mutateAsync(values)),
  });
  return { form, answer: asking.data };
}
