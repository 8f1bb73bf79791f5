import type { Page } from '@pulsestack/core';
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Query } from './http.ts';

export interface List<Item> {
  items: Item[];
  isLoading: boolean;
  error: Error | null;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore(): void;
  retry(): void;
}

const PAGE = 50;

/** A list that grows by its cursor, page after page. */
export function useList<Item>(
  key: QueryKey,
  fetchPage: (query: Query) => Promise<Page<Item>>,
  query: Query = {},
  enabled = true,
  refetchInterval: number | false = false,
): List<Item> {
  const answer = useInfiniteQuery({
    queryKey: [...key, query],
    queryFn: ({ pageParam }) => fetchPage({ limit: PAGE, ...query, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled,
    refetchInterval,
  });
  const items = useMemo(() => answer.data?.pages.flatMap((page) => page.items) ?? [], [answer.data]);
  return {
    items,
    isLoading: answer.isPending,
    error: answer.error,
    hasMore: answer.hasNextPage,
    isLoadingMore: answer.isFetchingNextPage,
    loadMore: () => void answer.fetchNextPage(),
    retry: () => void answer.refetch(),
  };
}
