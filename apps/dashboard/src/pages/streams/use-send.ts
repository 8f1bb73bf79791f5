import type { StreamTarget } from '@pulsestack/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type EventDraft, streamsApi } from '../../api/streams.ts';
import { gathered, parsed, pretty } from '../../ui/json.ts';
import { checks, useForm } from '../../ui/use-form.ts';
import { EVENT_NAME } from './words.ts';

export type TargetKind = 'user' | 'topic' | 'session' | 'everyone';

interface Values {
  kind: TargetKind;
  target: string;
  name: string;
  data: string;
  tags: string;
}

export const TARGET_WORDS: Record<Exclude<TargetKind, 'everyone'>, { label: string; placeholder: string }> = {
  user: { label: 'Id of the user', placeholder: 'ada' },
  topic: { label: 'Key of the topic', placeholder: 'repo:acme.api' },
  session: { label: 'Id of the session', placeholder: 'ses_…' },
};

/** A form that puts one event on the log, and stays filled in for the next. */
export function useSendForm(name: string | undefined) {
  const queryClient = useQueryClient();
  const [sent, setSent] = useState<{ name: string; streams: number; times: number } | null>(null);
  const form = useForm<Values>({
    initial: {
      kind: 'user',
      target: '',
      name: name ?? '',
      data: pretty({ id: '7' }),
      tags: '',
    },
    fields: { '/to': 'target' },
    checks: {
      target: (value, { kind }) =>
        kind === 'everyone'
          ? undefined
          : checks.required(TARGET_WORDS[kind].label.replace(/^./, (letter) => `the ${letter.toLowerCase()}`))(value),
      name: (value) => (EVENT_NAME.test(value.trim()) ? undefined : 'Write it as domain.action, such as order.shipped'),
      data: (value) => {
        const { error } = parsed(value);
        return error === undefined ? undefined : `This is not JSON: ${error}`;
      },
      tags: (value) => (tagsOf(value) ? undefined : 'Write tags as name=value, separated by commas'),
    },
    async submit(values) {
      const draft = draftOf(values);
      const { streams } = await streamsApi.publish(draft).catch((error: unknown) => {
        throw gathered(error, '/data');
      });
      setSent((before) => ({ name: draft.name, streams, times: (before?.times ?? 0) + 1 }));
      await queryClient.invalidateQueries({ queryKey: ['streams'] });
    },
  });
  return { form, sent, shown: draftOf(filled(form.values)) };
}

/** With examples where nothing is written yet, so that the code beside the form works. */
function filled(values: Values): Values {
  const example = values.kind === 'everyone' ? '' : TARGET_WORDS[values.kind].placeholder;
  return { ...values, target: values.target.trim() || example, name: values.name.trim() || 'order.shipped' };
}

function draftOf({ kind, target, name, data, tags }: Values): EventDraft {
  const read = tagsOf(tags);
  return {
    to: targetOf(kind, target.trim()),
    name: name.trim(),
    data: parsed(data).value ?? null,
    ...(read && Object.keys(read).length > 0 ? { tags: read } : {}),
  };
}

function targetOf(kind: TargetKind, id: string): StreamTarget {
  switch (kind) {
    case 'user':
      return { user: id };
    case 'topic':
      return { topic: id };
    case 'session':
      return { session: id };
    case 'everyone':
      return { everyone: true };
  }
}

/** `plan=pro, seats=5`: numbers and true or false as such, the rest as text. */
function tagsOf(text: string): NonNullable<EventDraft['tags']> | null {
  const tags: NonNullable<EventDraft['tags']> = {};
  for (const part of text.split(/[,\n]/)) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim();
    if (at < 1 || name === '') return null;
    tags[name] = valueOf(part.slice(at + 1).trim());
  }
  return tags;
}

function valueOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && String(Number(text)) === text ? Number(text) : text;
}
