import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api/http.ts';
import { session } from './api/session.ts';

const MAX_RETRIES = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal stays a refusal; only what may pass is worth another try.
      retry: (failures, error) =>
        failures < MAX_RETRIES && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      retryDelay: (attempt) => 400 * 2 ** attempt,
    },
  },
});

let shownIn: string | null = null;

// What one workspace answered must never be seen in another.
session.subscribe(() => {
  const current = session.getSnapshot();
  const workspaceId = current.status === 'signed-in' ? current.workspaceId : null;
  if (shownIn !== null && workspaceId !== shownIn) {
    const isKept = (key: readonly unknown[]) => key[0] === 'development-key';
    queryClient.removeQueries({ predicate: ({ queryKey }) => !isKept(queryKey) });
    if (workspaceId !== null) void queryClient.invalidateQueries();
  }
  shownIn = workspaceId;
});
