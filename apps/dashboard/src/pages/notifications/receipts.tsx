import { Tabs } from '@base-ui/react/tabs';
import type { NotificationStats } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import { useCan } from '../../session/use-session.ts';
import { Avatar } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Failed, RowSkeletons } from '../../ui/states.tsx';
import { TabList } from '../../ui/tab-list.tsx';
import { Time } from '../../ui/time.tsx';
import { type ReceiptTab, useReceipts } from './use-notifications.ts';

interface ReceiptsProps {
  id: string;
  stats: NotificationStats;
  tab: ReceiptTab;
  onTab(tab: ReceiptTab): void;
}

/** Who has it, who has seen it, who has read it. */
export function Receipts({ id, stats, tab, onTab }: ReceiptsProps) {
  return (
    <Tabs.Root value={tab} onValueChange={(next) => onTab(next as ReceiptTab)}>
      <TabList
        label="Receipts"
        tabs={[
          { value: 'delivered', label: 'Delivered', count: stats.recipients },
          { value: 'seen', label: 'Seen', count: stats.seen },
          { value: 'read', label: 'Read', count: stats.read },
        ]}
      />
      <Tabs.Panel value={tab} className="outline-none">
        <ReceiptList id={id} tab={tab} />
      </Tabs.Panel>
    </Tabs.Root>
  );
}

const nobody: Record<ReceiptTab, string> = {
  delivered: 'Nobody has touched it yet. A broadcast gets a receipt for a person when that person first sees it.',
  seen: 'Nobody has had it on the screen yet.',
  read: 'Nobody has read it yet.',
};

function ReceiptList({ id, tab }: { id: string; tab: ReceiptTab }) {
  const list = useReceipts(id, tab);
  const can = useCan();
  if (list.error && list.items.length === 0)
    return <Failed error={list.error} what="The receipts" retry={list.retry} />;
  if (list.isLoading) return <RowSkeletons rows={4} />;
  if (list.items.length === 0) return <p className="py-6 text-n11">{nobody[tab]}</p>;
  return (
    <>
      <ul>
        {list.items.map((receipt) => (
          <li key={receipt.userId} className="flex min-h-10 flex-wrap items-center gap-x-3 border-b py-1.5">
            <Avatar name={receipt.userId} size={20} />
            <span className="min-w-0 flex-1 truncate">
              {can('users.read') ? (
                <Link
                  to="/users/$id"
                  params={{ id: receipt.userId }}
                  className="rounded-[3px] font-medium hover:underline"
                >
                  {receipt.userId}
                </Link>
              ) : (
                receipt.userId
              )}
            </span>
            {receipt.action && <span className="truncate text-12 text-n11">pressed {receipt.action.id}</span>}
            <span className="text-12 text-n10">
              {receipt.readAt ? 'read ' : receipt.seenAt ? 'seen ' : 'delivered '}
              <Time at={receipt.readAt ?? receipt.seenAt ?? receipt.deliveredAt} />
            </span>
          </li>
        ))}
      </ul>
      {list.hasMore && (
        <div className="flex justify-center pt-4">
          <Button onClick={list.loadMore} isBusy={list.isLoadingMore}>
            Load more
          </Button>
        </div>
      )}
    </>
  );
}
