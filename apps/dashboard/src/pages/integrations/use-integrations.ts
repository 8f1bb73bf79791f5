import type { Integration, IntegrationPatch, ProviderInfo } from '@pulsestack/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { delivery } from '../../api/delivery.ts';
import { say } from '../../ui/toast.tsx';
import { checks, useForm } from '../../ui/use-form.ts';

export function useIntegrations() {
  return useQuery({
    queryKey: ['integrations'],
    queryFn: async () => (await delivery.integrations()).items,
    // A provider goes out and comes back by itself.
    refetchInterval: 15_000,
  });
}

export function useProviders() {
  return useQuery({
    queryKey: ['providers'],
    queryFn: async () => (await delivery.providers()).items,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useIntegrationChanges() {
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: ['integrations'] });
  return {
    change: useMutation({
      mutationFn: ({ id, ...patch }: IntegrationPatch & { id: string }) => delivery.change(id, patch),
      onSettled,
    }),
    disconnect: useMutation({ mutationFn: (id: string) => delivery.disconnect(id), onSettled }),
    order: useMutation({ mutationFn: (ids: string[]) => delivery.order(ids), onSettled }),
  };
}

/** One field that a provider asks for, as its JSON Schema describes it. */
export interface AskedField {
  name: string;
  group: 'credentials' | 'settings';
  help: string | undefined;
  example: string | undefined;
  isRequired: boolean;
  isSecret: boolean;
}

/** The texts among what a provider asks for; what is not text keeps its default and is set by the API. */
export function fieldsOf(provider: ProviderInfo): AskedField[] {
  return (['credentials', 'settings'] as const).flatMap((group) => {
    const schema = provider[group] as {
      properties?: Record<string, { type?: string; description?: string; examples?: unknown[] }>;
      required?: string[];
    };
    return Object.entries(schema.properties ?? {})
      .filter(([, property]) => property.type === 'string')
      .map(([name, property]) => ({
        name,
        group,
        help: property.description,
        example: typeof property.examples?.[0] === 'string' ? property.examples[0] : undefined,
        isRequired: schema.required?.includes(name) ?? false,
        isSecret: group === 'credentials' && name !== 'url',
      }));
  });
}

export function useConnectForm(provider: ProviderInfo, before: Integration | null, onDone: () => void) {
  const queryClient = useQueryClient();
  const fields = fieldsOf(provider);
  const initial: Record<string, string> = { name: before?.name ?? '' };
  for (const { name, group } of fields) {
    const known = group === 'settings' ? before?.settings[name] : undefined;
    initial[name] = typeof known === 'string' ? known : '';
  }
  const places = Object.fromEntries(fields.map(({ name, group }) => [`/${group}/${name}`, name]));
  const required = fields.filter((field) => field.isRequired && !before);
  return useForm<Record<string, string>>({
    initial,
    fields: places,
    checks: Object.fromEntries(required.map(({ name }) => [name, checks.required('this')])),
    async submit(values) {
      const group = (which: AskedField['group']) =>
        Object.fromEntries(
          fields
            .filter((field) => field.group === which && values[field.name]?.trim())
            .map((field) => [field.name, values[field.name]?.trim() ?? '']),
        );
      const name = values['name']?.trim();
      const named = name ? { name } : {};
      if (before) {
        const credentials = group('credentials');
        const untouched = Object.fromEntries(
          Object.entries(before.settings).filter(([key]) => !fields.some((field) => field.name === key)),
        );
        await delivery.change(before.id, {
          ...named,
          settings: { ...untouched, ...group('settings') },
          ...(Object.keys(credentials).length > 0 ? { credentials } : {}),
        });
      } else
        await delivery.connect({
          provider: provider.id,
          ...named,
          credentials: group('credentials'),
          settings: group('settings'),
        });
      await queryClient.invalidateQueries({ queryKey: ['integrations'] });
      say(before ? 'Saved' : `${provider.name} is connected`);
      onDone();
    },
  });
}

export function useTest(id: string) {
  return useMutation({ mutationFn: (to: string) => delivery.test(id, to) });
}
