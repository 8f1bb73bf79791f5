import type { Audience } from '@pulsestack/core';

/** An audience as a form holds it. */
export interface Chosen {
  kind: 'people' | 'topic' | 'everyone';
  users: string[];
  topic: string;
}

export const NOBODY: Chosen = { kind: 'people', users: [], topic: '' };

export function chosenOf(audience: Audience): Chosen {
  if ('everyone' in audience) return { ...NOBODY, kind: 'everyone' };
  return 'topic' in audience
    ? { ...NOBODY, kind: 'topic', topic: audience.topic }
    : { ...NOBODY, users: audience.users };
}

export function audienceOf({ kind, users, topic }: Chosen): Audience {
  if (kind === 'everyone') return { everyone: true };
  return kind === 'topic' ? { topic } : { users };
}

export function checkChosen({ kind, users, topic }: Chosen): string | undefined {
  if (kind === 'people' && users.length === 0) return 'Choose at least one person';
  return kind === 'topic' && topic === '' ? 'Choose a topic' : undefined;
}
