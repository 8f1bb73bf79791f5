import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Copy as CopyIcon, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { useCan } from '../../session/use-session.ts';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Missing } from '../../shell/trouble.tsx';
import { Button } from '../../ui/button.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { Facts } from './facts.tsx';
import { InboxFrame } from './inbox-frame.tsx';
import { Receipts } from './receipts.tsx';
import { RetractDialog } from './retract-dialog.tsx';
import { Story } from './story.tsx';
import { type ReceiptTab, useNotification } from './use-notifications.ts';

const route = getRouteApi('/inside/notifications/$id');

export function NotificationPage() {
  const { id } = route.useParams();
  const { tab } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const { data: notification, error, refetch } = useNotification(id);
  const [isRetracting, setRetracting] = useState(false);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  const mayRetract = can('notifications.delete') && notification?.state !== 'retracted';

  return (
    <Page
      title={notification?.title ?? 'Notification'}
      width="medium"
      before={<Back to="/notifications" label="Back to notifications" />}
      action={
        notification && (
          <>
            {mayRetract && (
              <Button onClick={() => setRetracting(true)} className="max-sm:hidden">
                <Undo2 className="size-3.5" aria-hidden />
                Retract
              </Button>
            )}
            <RowMenu label="More">
              {mayRetract && (
                <MenuItem icon={Undo2} isDangerous onClick={() => setRetracting(true)}>
                  Retract
                </MenuItem>
              )}
              {can('notifications.create') && (
                <MenuItem icon={CopyIcon} onClick={() => void navigate({ to: '/publish', search: { from: id } })}>
                  Publish again with changes
                </MenuItem>
              )}
            </RowMenu>
          </>
        )
      }
    >
      {error ? (
        <Failed error={error} what="The notification" retry={() => void refetch()} />
      ) : !notification ? (
        <BlockSkeleton lines={8} />
      ) : (
        <div className="grid gap-x-8 gap-y-8 lg:grid-cols-[minmax(0,1fr)_320px] xl:grid-cols-[minmax(0,1fr)_360px] xl:gap-x-12">
          <div className="flex min-w-0 flex-col gap-8">
            <Facts notification={notification} />
            <Receipts
              id={id}
              stats={notification.stats}
              tab={tab === 'seen' || tab === 'read' ? tab : 'delivered'}
              onTab={(next: ReceiptTab) =>
                void navigate({
                  to: '/notifications/$id',
                  params: { id },
                  search: next === 'delivered' ? {} : { tab: next },
                  replace: true,
                })
              }
            />
          </div>
          <div className="flex min-w-0 flex-col gap-8 max-lg:-order-1">
            <InboxFrame item={notification} />
            <Story notification={notification} />
          </div>
        </div>
      )}
      <RetractDialog
        notifications={isRetracting && notification ? [notification] : []}
        onClose={() => setRetracting(false)}
      />
    </Page>
  );
}
