import type { StreamDelivery, Suppression, User, UserInput } from '@pulsestack/core';
import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { audience } from '../../api/audience.ts';
import { ApiError } from '../../api/http.ts';
import { useList } from '../../api/list.ts';
import { streamsApi } from '../../api/streams.ts';
import { suppressions } from '../../api/suppressions.ts';
import { say } from '../../ui/toast.tsx';
import { checks, useForm } from '../../ui/use-form.ts';

export function useUsers(q: string | undefined) {
  return useList<User>(['users', 'list'], audience.users, q ? { q } : {});
}

export function useUser(id: string) {
  return useQuery({ queryKey: ['users', 'one', id], queryFn: () => audience.user(id) });
}

export function useTopicsOf(id: string) {
  return useList(['users', 'topics', id], (query) => audience.topicsOf(id, query));
}

const LIVE_MS = 5_000;

export function usePresence(id: string) {
  return useQuery({
    queryKey: ['users', 'presence', id],
    queryFn: () => audience.presence(id),
    refetchInterval: LIVE_MS,
  });
}

/** What a user was handed, the newest first. */
export function useDeliveriesTo(id: string) {
  return useList<StreamDelivery>(['streams', 'deliveries'], streamsApi.deliveries, { user: id }, true, LIVE_MS);
}

/** The addresses of a user that are never written to. */
export function useSuppressedAddresses({ email, phone }: User, enabled: boolean): Suppression[] {
  const addresses = [email, phone].flatMap((address) => (address === null ? [] : [address.toLowerCase()]));
  return useQueries({
    queries: addresses.map((address) => ({
      queryKey: ['suppressions', 'of', address],
      queryFn: async () =>
        (await suppressions.list({ q: address })).items.filter((one) => one.address.toLowerCase() === address),
      enabled,
    })),
  }).flatMap((answer) => answer.data ?? []);
}

export function useDeleteUsers() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (const id of ids) {
        await audience.deleteUser(id).catch((error: unknown) => {
          if (!(error instanceof ApiError && error.status === 404)) throw error;
        });
      }
    },
    onSuccess: (_answer, ids) => say(ids.length === 1 ? 'User deleted' : `${ids.length} users deleted`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['users', 'list'] }),
  });
}

const ID = /^[^\s\p{C}/?#]{1,128}$/u;
const PHONE = /^\+[1-9]\d{6,14}$/;

interface UserDraft {
  id: string;
  name: string;
  email: string;
  phone: string;
  locale: string;
  timeZone: string;
  attributes: string;
}

/** Creates a user, or changes the one given. */
export function useUserForm(user: User | null, onSaved: (user: User) => void) {
  const queryClient = useQueryClient();
  return useForm<UserDraft>({
    initial: {
      id: user?.id ?? '',
      name: user?.name ?? '',
      email: user?.email ?? '',
      phone: user?.phone ?? '',
      locale: user?.locale ?? '',
      timeZone: user?.timeZone ?? '',
      attributes: user && Object.keys(user.attributes).length > 0 ? JSON.stringify(user.attributes, null, 2) : '',
    },
    checks: {
      id: (id) => (ID.test(id.trim()) ? undefined : 'Use 1–128 characters without spaces, slash, ? or #'),
      email: (email) => (email.trim() === '' ? undefined : checks.email(email)),
      phone: (phone) =>
        phone.trim() === '' || PHONE.test(phone.trim())
          ? undefined
          : 'Use the international form, such as +4366412345678',
      attributes: (json) =>
        json.trim() === '' || isObject(json) ? undefined : 'Write a JSON object, such as { "plan": "pro" }',
    },
    async submit(values) {
      const text = (value: string) => (value.trim() === '' ? null : value.trim());
      const input: UserInput = {
        name: text(values.name),
        email: text(values.email),
        phone: text(values.phone),
        locale: text(values.locale),
        timeZone: text(values.timeZone),
        attributes:
          values.attributes.trim() === ''
            ? {}
            : (JSON.parse(values.attributes) as NonNullable<UserInput['attributes']>),
      };
      const saved = await audience.putUser(values.id.trim(), input);
      await queryClient.invalidateQueries({ queryKey: ['users'] });
      say(user ? 'Saved' : 'User added');
      onSaved(saved);
    },
  });
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
