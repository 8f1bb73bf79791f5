import type { CapRule, Category, PreferenceDefaults, QuietHours } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useList } from '../../api/list.ts';
import { type CategoryBody, type ChannelRules, preferences } from '../../api/preferences.ts';
import { say } from '../../ui/toast.tsx';
import { checks, useForm } from '../../ui/use-form.ts';
import { checkZone } from './time-zone-field.tsx';
import { bodyOf, SLUG, SLUG_HELP } from './words.ts';

export function useCategories() {
  return useList<Category>(['preferences', 'categories'], preferences.categories, { limit: 100 });
}

export function useDefaults() {
  return useQuery({ queryKey: ['preferences', 'defaults'], queryFn: preferences.defaults });
}

export function useWorkflowRules() {
  return useQuery({
    queryKey: ['preferences', 'workflows'],
    queryFn: async () => (await preferences.workflows()).items,
  });
}

export function useCaps() {
  return useQuery({ queryKey: ['preferences', 'caps'], queryFn: async () => (await preferences.caps()).caps });
}

/** Changes of what a workspace says; each is in force at once. */
export function useRuleChanges() {
  const queryClient = useQueryClient();
  const options = {
    onError: (error: Error) => say(`Not saved: ${error.message}`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['preferences'] }),
  };
  return {
    category: useMutation({
      mutationFn: (category: Category) => preferences.putCategory(category.key, bodyOf(category)),
      ...options,
    }),
    defaults: useMutation({ mutationFn: preferences.putDefaults, ...options }),
    workflow: useMutation({
      mutationFn: ({ workflow, ...rules }: ChannelRules & { workflow: string }) =>
        preferences.putWorkflow(workflow, rules),
      ...options,
    }),
  };
}

export function useDeleteCategory() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: preferences.deleteCategory,
    onSuccess: () => say('Category deleted'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['preferences'] }),
  });
}

interface CategoryValues {
  key: string;
  name: string;
  description: string;
  consent: string;
  critical: boolean;
  digestible: boolean;
  cadence: Category['cadence'];
  rules: ChannelRules;
}

/** Makes a category, or changes the one given. */
export function useCategoryForm(category: Category | null, taken: readonly string[], onSaved: () => void) {
  const queryClient = useQueryClient();
  return useForm<CategoryValues>({
    initial: {
      key: category?.key ?? '',
      name: category?.name ?? '',
      description: category?.description ?? '',
      consent: category?.consent ?? '',
      critical: category?.critical ?? false,
      digestible: category?.digestible ?? true,
      cadence: category?.cadence ?? { every: 'instant' },
      rules: { defaults: category?.defaults ?? {}, forced: category?.forced ?? {} },
    },
    checks: {
      key: (key) =>
        !SLUG.test(key.trim())
          ? SLUG_HELP
          : category === null && taken.includes(key.trim())
            ? 'There is a category of this key already'
            : undefined,
      name: checks.required('a name'),
      consent: (consent) => (consent.trim() === '' || SLUG.test(consent.trim()) ? undefined : SLUG_HELP),
    },
    async submit({ key, rules, consent, digestible, cadence, name, ...rest }) {
      const body: CategoryBody = {
        ...rest,
        ...rules,
        name: name.trim(),
        digestible,
        ...(consent.trim() === '' ? {} : { consent: consent.trim() }),
        cadence: digestible && !rest.critical ? cadence : { every: 'instant' },
      };
      await preferences.putCategory(key.trim(), body);
      await queryClient.invalidateQueries({ queryKey: ['preferences'] });
      say(category ? 'Saved' : 'Category created');
      onSaved();
    },
  });
}

interface DefaultValues {
  timeZone: string;
  locale: string;
  quietHours: QuietHours[];
}

/** What holds for users who have said nothing of themselves. */
export function useDefaultsForm(defaults: PreferenceDefaults) {
  const queryClient = useQueryClient();
  const form = useForm<DefaultValues>({
    initial: { timeZone: defaults.timeZone, locale: defaults.locale, quietHours: defaults.quietHours },
    checks: { timeZone: checkZone, locale: checkLocale },
    async submit(values) {
      // The channels are changed beside this form, so that what stands on the server counts.
      const now = await preferences.defaults();
      await preferences.putDefaults({
        ...now,
        ...values,
        timeZone: values.timeZone.trim(),
        locale: values.locale.trim(),
      });
      await queryClient.invalidateQueries({ queryKey: ['preferences', 'defaults'] });
      say('Saved');
      form.reset(values);
    },
  });
  return form;
}

function checkLocale(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag.trim()).length === 1 ? undefined : 'Enter a language such as de-AT';
  } catch {
    return 'Enter a language such as de-AT';
  }
}

export function useSaveCaps() {
  const queryClient = useQueryClient();
  return useMutation({
    // From what stands on the server, so that two people who change different caps do not undo each other.
    mutationFn: async (change: (caps: readonly CapRule[]) => CapRule[]) =>
      preferences.putCaps(change((await preferences.caps()).caps)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['preferences', 'caps'] }),
  });
}
