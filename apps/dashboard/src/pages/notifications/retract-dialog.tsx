import type { Notification } from '@pulsestack/core';
import { Confirm } from '../../ui/confirm.tsx';
import { useRetract } from './use-notifications.ts';

/** Asks before something leaves the inboxes it is in; for the title where it is in everyone's. */
export function RetractDialog({
  notifications,
  onClose,
  onDone,
}: {
  notifications: readonly Notification[];
  onClose(): void;
  onDone?(): void;
}) {
  const retract = useRetract();
  const [first] = notifications;
  const broadcast = notifications.find((one) => 'everyone' in one.audience);
  return (
    <Confirm
      isOpen={first !== undefined}
      onClose={onDone ?? onClose}
      title={
        notifications.length === 1 ? 'Retract this notification?' : `Retract ${notifications.length} notifications?`
      }
      action="Retract"
      {...(broadcast ? { name: broadcast.title } : {})}
      act={() => retract.mutateAsync(notifications)}
    >
      {notifications.length === 1 ? <>“{first?.title}” leaves</> : 'They leave'} every inbox at once, read or not. Who
      has read it already cannot unread it, and it cannot be brought back.
    </Confirm>
  );
}
