import type { StreamEvents } from '@pulsestack/core';
import { createEventStream } from 'pushstream/client';
import { useEffect, useEffectEvent } from 'react';
import { session } from './session.ts';

/** Calls back for each notification that anybody sends in this workspace, while the page is shown. */
export function useSentNotifications(
  workspaceId: string | null,
  onSent: (sent: StreamEvents['notification.published']) => void,
): void {
  const heard = useEffectEvent(onSent);
  useEffect(() => {
    if (workspaceId === null) return;
    const stream = createEventStream<StreamEvents>({ url: '/v1/stream', token: () => session.token() });
    stream.on('notification.published', (sent) => heard(sent));
    return () => stream.close();
  }, [workspaceId]);
}
