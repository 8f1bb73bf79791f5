import type { EventType, EventTypeInput, EventTypeVersion, FieldError } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { catalog } from '../../api/catalog.ts';
import { ApiError } from '../../api/http.ts';
import { useList } from '../../api/list.ts';
import { gathered, parsed, pretty } from '../../ui/json.ts';
import { say } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';
import { EVENT_NAME } from '../streams/words.ts';

export function useEventTypes() {
  return useList<EventType>(['catalog', 'list'], catalog.list);
}

export function useEventType(name: string, enabled = true) {
  return useQuery({ queryKey: ['catalog', 'one', name], queryFn: () => catalog.get(name), enabled });
}

export function useVersions(name: string) {
  return useList<EventTypeVersion>(['catalog', 'versions', name], (query) => catalog.versions(name, query));
}

export function useWithdraw() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: catalog.remove,
    onSuccess: (_answer, name) => {
      say(`${name} is no longer declared`);
      queryClient.removeQueries({ queryKey: ['catalog', 'one', name] });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['catalog', 'list'] }),
  });
}

const FIRST_SCHEMA = {
  type: 'object',
  properties: { id: { type: 'string' } },
  required: ['id'],
};

export interface BreakingChange {
  path: string;
  sentence: string;
}

interface Values {
  name: string;
  summary: string;
  tags: string;
  deprecated: string;
  schema: string;
}

/** Declares an event or changes its declaration. A change that breaks readers is sent only when it was said to be meant. */
export function useEventTypeForm(eventType: EventType | null, onSaved: (saved: EventType) => void) {
  const queryClient = useQueryClient();
  const [refused, setRefused] = useState<{ schema: string; changes: readonly BreakingChange[] } | null>(null);
  const form = useForm<Values>({
    initial: {
      name: eventType?.name ?? '',
      summary: eventType?.summary ?? '',
      tags: eventType?.tags.join(', ') ?? '',
      deprecated: eventType?.deprecated ?? '',
      schema: pretty(eventType?.schema ?? FIRST_SCHEMA),
    },
    checks: {
      name: (value) => (EVENT_NAME.test(value.trim()) ? undefined : 'Write it as domain.action, such as order.shipped'),
      schema: (value) => schemaOf(value).error,
    },
    async submit(values) {
      const allowBreaking = refused?.schema === values.schema;
      try {
        const saved = await catalog.put(values.name.trim(), bodyOf(values, allowBreaking));
        await queryClient.invalidateQueries({ queryKey: ['catalog'] });
        say(saved.version === eventType?.version ? 'Saved' : `Version ${saved.version} is in force`);
        onSaved(saved);
      } catch (error) {
        if (!(error instanceof ApiError && error.code === 'catalog.breaking')) throw gathered(error, '/schema');
        setRefused({ schema: values.schema, changes: error.errors.map(changeOf) });
      }
    },
  });
  return { form, breaking: refused?.schema === form.values.schema ? refused.changes : null };
}

function changeOf({ field, message }: FieldError): BreakingChange {
  return { path: field.slice('/schema'.length), sentence: message };
}

function bodyOf({ summary, tags, deprecated, schema }: Values, allowBreaking: boolean): EventTypeInput {
  return {
    summary: summary.trim(),
    tags: tags
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
    ...(deprecated.trim() === '' ? {} : { deprecated: deprecated.trim() }),
    schema: schemaOf(schema).value ?? {},
    allowBreaking,
  };
}

function schemaOf(text: string): { value?: EventTypeInput['schema']; error?: string } {
  const { value, error } = parsed(text);
  if (error !== undefined) return { error: `This is not JSON: ${error}` };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { error: 'A schema is a JSON object, such as { "type": "object" }' };
  return { value: value as EventTypeInput['schema'] };
}
