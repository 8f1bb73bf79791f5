import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSentNotifications } from '../../api/operators-stream.ts';
import { publishing } from '../../api/publishing.ts';
import { useMe } from '../../session/use-session.ts';

const SHOWN = 6;

/** The newest of what was sent; renewed when something is sent. */
export function useNewest() {
  const queryClient = useQueryClient();
  const { data: me } = useMe();
  useSentNotifications(
    me?.workspace.id ?? null,
    () => void queryClient.invalidateQueries({ queryKey: ['notifications', 'newest'] }),
  );
  return useQuery({ queryKey: ['notifications', 'newest'], queryFn: () => publishing.list({ limit: SHOWN }) });
}
