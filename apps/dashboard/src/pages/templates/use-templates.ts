import type { BrandingInput, Template, TemplateContent, TemplateDetail } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useList } from '../../api/list.ts';
import { type TemplatePreview, templates } from '../../api/templates.ts';
import { say } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';
import { type Draft, dataOf, type LocalDraft, readDraft, starter, toDraft } from './draft.ts';

export const KEY = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export function useTemplates() {
  return useList<Template>(['templates', 'list'], templates.list);
}

export function useTemplate(key: string) {
  return useQuery({ queryKey: ['templates', 'one', key], queryFn: () => templates.get(key) });
}

export function useVersions(key: string) {
  return useList(['templates', 'versions', key], (query) => templates.versions(key, query));
}

export function useDiff(key: string, from: string, to: string) {
  return useQuery({ queryKey: ['templates', 'diff', key, from, to], queryFn: () => templates.diff(key, from, to) });
}

export function useNewTemplate(onMade: (template: TemplateDetail) => void) {
  const queryClient = useQueryClient();
  return useForm<{ key: string; name: string; channel: TemplateContent['channel'] }>({
    initial: { key: '', name: '', channel: 'email' },
    checks: {
      key: (key) => (KEY.test(key.trim()) ? undefined : 'Use small letters, digits and . _ -, such as order.shipped'),
    },
    async submit({ key, name, channel }) {
      const made = await templates.put(key.trim(), {
        ...starter(channel),
        ...(name.trim() ? { name: name.trim() } : {}),
      });
      await queryClient.invalidateQueries({ queryKey: ['templates'] });
      onMade(made);
    },
  });
}

const PAUSE_MS = 350;

/** The draft under the hands of its writer: kept here until it is saved, previewed after each pause. */
export function useEditor(template: TemplateDetail, wanted: string | null) {
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState<Draft>(() => toDraft(template));
  const [saved, setSaved] = useState(draft);
  const [timeZone] = useState(zoneHere);
  const locale = wanted !== null && draft.locales[wanted] ? wanted : null;
  const reading = readDraft(draft);
  const asked = useSettled(reading.ok ? JSON.stringify([reading.input.content, reading.sample]) : '');
  const preview = useQuery<TemplatePreview>({
    queryKey: ['templates', 'preview', asked],
    queryFn: () => {
      const [content, sample] = JSON.parse(asked) as [TemplateContent, Record<string, unknown>];
      return templates.preview({ content, data: dataOf(sample), timeZone });
    },
    enabled: asked !== '',
    placeholderData: (before) => before,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const save = useMutation({
    mutationFn: async () => {
      if (!reading.ok) throw new Error(`${reading.field}: ${reading.problem}`);
      return templates.put(template.key, reading.input);
    },
    onSuccess: async () => {
      setSaved(draft);
      say('Draft saved');
      await queryClient.invalidateQueries({ queryKey: ['templates'] });
    },
  });
  return {
    draft,
    isDirty: JSON.stringify(draft) !== JSON.stringify(saved),
    broken: reading.ok ? null : reading,
    preview,
    save,
    set: (change: Partial<Draft>) => setDraft((now) => ({ ...now, ...change })),
    /** The language under work; null is the content itself. */
    locale,
    texts: (locale === null ? undefined : draft.locales[locale]) ?? draft,
    setField: (name: string, value: string) =>
      setDraft((now) => inLanguage(now, locale, (texts) => ({ fields: { ...texts.fields, [name]: value } }))),
    setFormat: (format: Draft['format']) => setDraft((now) => inLanguage(now, locale, () => ({ format }))),
    addLocale: (added: string) =>
      setDraft((now) => ({
        ...now,
        locales: { ...now.locales, [added]: { format: now.format, fields: {}, rest: {} } },
      })),
    removeLocale: (removed: string) =>
      setDraft((now) => {
        const { [removed]: _, ...locales } = now.locales;
        return { ...now, locales };
      }),
    /** What the preview is asked about. */
    asked,
    sample: reading.ok ? reading.sample : {},
  };
}

export type Editor = ReturnType<typeof useEditor>;

function inLanguage(draft: Draft, locale: string | null, change: (texts: LocalDraft) => Partial<LocalDraft>): Draft {
  const texts = locale === null ? undefined : draft.locales[locale];
  if (locale === null || !texts) return { ...draft, ...change(draft) };
  return { ...draft, locales: { ...draft.locales, [locale]: { ...texts, ...change(texts) } } };
}

const zoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The same in languages nobody speaks, when they are asked for. */
export function usePseudo(asked: string, locales: readonly string[]) {
  return useQuery<TemplatePreview>({
    queryKey: ['templates', 'pseudo', asked, ...locales],
    queryFn: () => {
      const [content, sample] = JSON.parse(asked) as [TemplateContent, Record<string, unknown>];
      return templates.preview({ content, data: dataOf(sample), timeZone: zoneHere(), locales: [...locales] });
    },
    enabled: asked !== '' && locales.length > 0,
    placeholderData: (before) => before,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The value once it has rested for a moment. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function usePublish(key: string, onDone: () => void) {
  const queryClient = useQueryClient();
  return useForm({
    initial: { note: '' },
    async submit({ note }) {
      const { version } = await templates.publish(key, note.trim());
      await queryClient.invalidateQueries({ queryKey: ['templates'] });
      say(`Version ${version} is live`);
      onDone();
    },
  });
}

export function useTemplateChanges(key: string) {
  const queryClient = useQueryClient();
  const renew = () => queryClient.invalidateQueries({ queryKey: ['templates'] });
  const rollBack = useMutation({
    mutationFn: (version: number) => templates.rollBack(key, version),
    onSuccess: ({ version }) => say(`Version ${version} is live`),
    onError: (error) => say(`Not rolled back: ${error.message}`),
    onSettled: renew,
  });
  const remove = useMutation({
    mutationFn: () => templates.remove(key),
    onSuccess: () => say('Template deleted'),
    onSettled: renew,
  });
  const test = useMutation({
    mutationFn: (request: { sample: Record<string, unknown>; locale: string | undefined }) =>
      templates.test(key, { data: dataOf(request.sample), ...(request.locale ? { locale: request.locale } : {}) }),
  });
  return { rollBack, remove, test };
}

export function useTranslations() {
  return useQuery({ queryKey: ['translations'], queryFn: templates.translations });
}

export function useTranslationChanges() {
  const queryClient = useQueryClient();
  const renew = () => queryClient.invalidateQueries({ queryKey: ['translations'] });
  const put = useMutation({
    mutationFn: ({ locale, messages }: { locale: string; messages: Record<string, string | null> }) =>
      templates.putTranslations(locale, messages),
    onError: (error) => say(`Not saved: ${error.message}`),
    onSettled: renew,
  });
  return { put };
}

/** A new key needs a first message in some locale. */
export function useMessageForm(locales: readonly string[], onDone: () => void) {
  const { put } = useTranslationChanges();
  return useForm({
    initial: { key: '', locale: locales[0] ?? 'en', message: '' },
    checks: {
      key: (key) =>
        /^[\w.-]{1,128}$/.test(key.trim()) ? undefined : 'Use letters, digits and . _ -, such as greeting.hello',
      locale: (locale) =>
        /^[a-zA-Z]{2,3}(-[\w-]+)?$/.test(locale.trim()) ? undefined : 'Enter a language such as de or pt-BR',
      message: (message) => (message.trim() === '' ? 'Enter the message' : undefined),
    },
    fields: {},
    async submit({ key, locale, message }) {
      await put.mutateAsync({ locale: locale.trim(), messages: { [key.trim()]: message } });
      onDone();
    },
  });
}

export function useBranding() {
  return useQuery({ queryKey: ['branding'], queryFn: templates.branding });
}

type BrandingValues = Record<
  'name' | 'logo' | 'logoDark' | 'website' | 'colour' | 'footer' | 'address' | 'locale',
  string
>;

export function useBrandingForm(initial: BrandingValues) {
  const queryClient = useQueryClient();
  return useForm<BrandingValues>({
    initial,
    checks: {
      colour: (colour) => (/^#[0-9a-fA-F]{6}$/.test(colour) ? undefined : 'Enter a colour such as #4f46e5'),
    },
    async submit(values) {
      const body: BrandingInput = Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, value.trim() === '' ? null : value.trim()]),
      );
      await templates.putBranding(body);
      await queryClient.invalidateQueries({ queryKey: ['branding'] });
      await queryClient.invalidateQueries({ queryKey: ['templates'] });
      say('Branding saved');
    },
  });
}
