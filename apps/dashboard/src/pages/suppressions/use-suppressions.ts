import type { Channel, Suppression } from '@pulsestack/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { useList } from '../../api/list.ts';
import { suppressions } from '../../api/suppressions.ts';
import { say } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';
import { type Line, MAX_LINES, readLines } from './words.ts';

const KEY = ['suppressions'];

export function useSuppressions(q: string | undefined) {
  return useList<Suppression>([...KEY, 'list'], suppressions.list, q ? { q } : {});
}

type Address = Pick<Suppression, 'channel' | 'address'>;

export function useRemove() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (addresses: readonly Address[]) => {
      for (const { channel, address } of addresses) {
        await suppressions.remove({ channel, address }).catch((error: unknown) => {
          if (!(error instanceof ApiError && error.status === 404)) throw error;
        });
      }
    },
    onSuccess: (_answer, addresses) =>
      say(addresses.length === 1 ? 'May be written to again' : `${addresses.length} may be written to again`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: KEY }),
  });
}

interface AddValues {
  channel: Channel;
  address: string;
  reason: Suppression['reason'];
}

export function useAddForm(onDone: () => void) {
  const queryClient = useQueryClient();
  return useForm<AddValues>({
    initial: { channel: 'email', address: '', reason: 'manual' },
    checks: {
      address: (address, { channel }) =>
        readLines(address.trim() === '' ? '@' : address, channel)[0]?.error ? 'Enter one address' : undefined,
    },
    async submit(values) {
      const { added } = await suppressions.add({ ...values, address: values.address.trim() });
      await queryClient.invalidateQueries({ queryKey: KEY });
      say(added === 1 ? 'Never written to again' : 'It was on the list already');
      onDone();
    },
  });
}

export interface Result {
  line: Line;
  result: 'added' | 'known' | 'repeated' | 'refused';
}

/** Many addresses at once, and what became of each line. */
export function useImport() {
  const queryClient = useQueryClient();
  const [results, setResults] = useState<Result[] | null>(null);
  const importing = useMutation({
    mutationFn: async (lines: readonly Line[]) => {
      const sendable = lines.filter((line) => line.entry !== undefined);
      const found = new Map<number, Result>();
      for (const line of lines) if (line.error) found.set(line.number, { line, result: 'refused' });
      for (let at = 0; at < sendable.length; at += MAX_LINES) {
        for (const one of await importPart(sendable.slice(at, at + MAX_LINES))) found.set(one.line.number, one);
      }
      return lines.flatMap((line) => found.get(line.number) ?? []);
    },
    onSuccess: setResults,
    onSettled: () => queryClient.invalidateQueries({ queryKey: KEY }),
  });
  return { results, importing };
}

/** Sends a part; what the server finds wrong with single lines is told at those, and the others go without them. */
async function importPart(lines: readonly Line[]): Promise<Result[]> {
  const entries = lines.flatMap((line) => line.entry ?? []);
  if (entries.length === 0) return [];
  try {
    const { items } = await suppressions.import(entries);
    return lines.map((line, index) => ({ line, result: items[index]?.result ?? 'known' }));
  } catch (error) {
    const wrong = error instanceof ApiError ? wrongLines(error) : new Map<number, string>();
    if (wrong.size === 0) throw error;
    const refused = lines.flatMap((line, index): Result[] => {
      const message = wrong.get(index);
      return message === undefined ? [] : [{ line: { ...line, error: message }, result: 'refused' }];
    });
    return [...refused, ...(await importPart(lines.filter((_, index) => !wrong.has(index))))];
  }
}

function wrongLines({ errors }: ApiError): Map<number, string> {
  return new Map(
    errors.flatMap(({ field, message }) => {
      const index = /^\/suppressions\/(\d+)(\/|$)/.exec(field)?.[1];
      return index === undefined ? [] : [[Number(index), message] as const];
    }),
  );
}

const MAX_PAGES = 500;

/** Everything that is on the list, page after page. */
export async function allSuppressions(q: string | undefined): Promise<Suppression[]> {
  const found: Suppression[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query: { limit: number; q?: string; cursor?: string } = { limit: 100, ...(q ? { q } : {}) };
    const answer = await suppressions.list(cursor === null ? query : { ...query, cursor });
    found.push(...answer.items);
    cursor = answer.nextCursor;
    if (!cursor) break;
  }
  return found;
}
