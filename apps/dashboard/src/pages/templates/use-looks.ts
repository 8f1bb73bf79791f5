import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useList } from '../../api/list.ts';
import type { TemplatePreview } from '../../api/templates.ts';
import { say } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';
import { dataOf, readJson } from './draft.ts';
import type { Look, LookKind, Stored } from './look-kinds.ts';
import { KEY, useSettled } from './use-templates.ts';

export function useLooks(kind: LookKind) {
  return useList<Stored>([kind.what, 'list'], kind.list);
}

export function useLook(kind: LookKind, key: string) {
  return useQuery({ queryKey: [kind.what, 'one', key], queryFn: () => kind.get(key) });
}

export function useUses(kind: LookKind, key: string) {
  return useQuery({ queryKey: [kind.what, 'uses', key], queryFn: () => kind.uses(key) });
}

export function useNewLook(kind: LookKind, onMade: (key: string) => void) {
  const queryClient = useQueryClient();
  return useForm({
    initial: { key: '', name: '' },
    checks: {
      key: (key) => (KEY.test(key.trim()) ? undefined : 'Use small letters, digits and . _ -, such as newsletter'),
    },
    async submit({ key, name }) {
      const made = await kind.put(key.trim(), { ...kind.starter, name: name.trim() || key.trim() });
      await queryClient.invalidateQueries({ queryKey: [kind.what] });
      onMade(made.key);
    },
  });
}

/** A layout or partial under the hands of its writer: kept here until it is saved, shown after each pause. */
export function useLookEditor(kind: LookKind, stored: Stored) {
  const queryClient = useQueryClient();
  const start: Look = { name: stored.name, format: stored.format, source: stored.source };
  const [look, setLook] = useState(start);
  const [saved, setSaved] = useState(start);
  const [sample, setSample] = useState('');
  const data = readJson(sample, 'sample');
  const asked = useSettled(data.ok ? JSON.stringify([look, data.value]) : '');
  const preview = useQuery<TemplatePreview>({
    queryKey: [kind.what, 'preview', asked],
    queryFn: () => {
      const [wanted, payload] = JSON.parse(asked) as [Look, Record<string, unknown>];
      return kind.preview(wanted, dataOf(payload));
    },
    enabled: asked !== '',
    placeholderData: (before) => before,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const save = useMutation({
    mutationFn: () => kind.put(stored.key, look),
    onSuccess: async () => {
      setSaved(look);
      say(kind.what === 'layout' ? 'Layout saved' : 'Partial saved');
      await queryClient.invalidateQueries({ queryKey: [kind.what] });
      await queryClient.invalidateQueries({ queryKey: ['templates'] });
    },
  });
  const remove = useMutation({
    mutationFn: () => kind.remove(stored.key),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [kind.what, 'list'] }),
  });
  return {
    look,
    set: (change: Partial<Look>) => setLook((now) => ({ ...now, ...change })),
    sample,
    setSample,
    sampleProblem: data.ok ? undefined : data.problem,
    isDirty: JSON.stringify(look) !== JSON.stringify(saved),
    preview,
    save,
    remove,
  };
}
