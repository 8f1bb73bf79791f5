import type { TopicSubscription } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Pencil, Plus, Send, Trash2, UserMinus, Users } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { useCan } from '../../session/use-session.ts';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Missing } from '../../shell/trouble.tsx';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Avatar } from '../../ui/badge.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { Empty } from '../../ui/states.tsx';
import { Count, Time } from '../../ui/time.tsx';
import { Mono } from '../notifications/facts.tsx';
import { SubscribeDialog, TopicDialog } from './topic-dialog.tsx';
import { useDeleteTopic, useSubscribers, useTopic, useUnsubscribe } from './use-topics.ts';

const route = getRouteApi('/inside/topics/$key');

const columns: readonly Column<TopicSubscription>[] = [
  {
    id: 'user',
    header: 'User',
    isWide: true,
    isFixed: true,
    text: (one) => one.userId,
    cell: (one) => (
      <span className="flex items-center gap-2.5">
        <Avatar name={one.userId} size={20} />
        <Link to="/users/$id" params={{ id: one.userId }} className="min-w-0 truncate rounded-[3px] font-medium">
          {one.userId}
        </Link>
      </span>
    ),
  },
  {
    id: 'since',
    header: 'Subscribed',
    align: 'right',
    text: (one) => one.createdAt,
    cell: (one) => (
      <span className="text-n10">
        <Time at={one.createdAt} />
      </span>
    ),
  },
];

export function TopicPage() {
  const { key } = route.useParams();
  const { panel } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const { data: topic, error } = useTopic(key);
  const remove = useDeleteTopic();
  const [isRemoving, setRemoving] = useState(false);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  const show = (next: string | undefined) =>
    void navigate({ to: '/topics/$key', params: { key }, search: next ? { panel: next } : {} });

  return (
    <Page
      title={topic?.name ?? key}
      width="medium"
      before={<Back to="/topics" label="Back to topics" />}
      action={
        <>
          {can('notifications.create') && (
            <Link to="/publish" search={{ topic: key }} className={buttonClass('primary')}>
              <Send className="size-3.5" aria-hidden />
              <span className="max-sm:sr-only">Notify</span>
            </Link>
          )}
          {can('topics.write') && (
            <RowMenu label="More">
              <MenuItem icon={Pencil} onClick={() => show('rename')}>
                Rename
              </MenuItem>
              <MenuItem icon={Trash2} isDangerous onClick={() => setRemoving(true)}>
                Delete
              </MenuItem>
            </RowMenu>
          )}
        </>
      }
    >
      <div className="mb-4 flex flex-wrap items-center gap-x-6 gap-y-2">
        <Mono text={key} label="Copy key" />
        {topic && (
          <span className="text-n11">
            <Count value={topic.subscribers} /> subscribed
          </span>
        )}
      </div>
      <SubscriberTable topicKey={key} onAdd={() => show('subscribe')} />
      {panel === 'subscribe' && can('topics.write') && (
        <SubscribeDialog topicKey={key} onClose={() => show(undefined)} />
      )}
      {panel === 'rename' && topic && can('topics.write') && (
        <TopicDialog topic={topic} onClose={() => show(undefined)} onSaved={() => show(undefined)} />
      )}
      <Confirm
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        title="Delete this topic?"
        action="Delete topic"
        name={key}
        act={async () => {
          await remove.mutateAsync(key);
          await navigate({ to: '/topics' });
        }}
      >
        All subscriptions to it go too. What was sent by it stays in the inboxes.
      </Confirm>
    </Page>
  );
}

function SubscriberTable({ topicKey, onAdd }: { topicKey: string; onAdd(): void }) {
  const list = useSubscribers(topicKey);
  const navigate = useNavigate();
  const can = useCan();
  const unsubscribe = useUnsubscribe();
  const mayChange = can('topics.write');
  return (
    <DataTable
      name="subscribers"
      what="Subscribers"
      list={list}
      columns={columns}
      idOf={(one) => one.userId}
      onOpen={(one) => void navigate({ to: '/users/$id', params: { id: one.userId } })}
      filters={
        mayChange ? (
          <Button onClick={onAdd}>
            <Plus className="size-3.5" aria-hidden />
            Subscribe people
          </Button>
        ) : null
      }
      bulk={
        mayChange
          ? (chosen: TopicSubscription[], clear: () => void) => (
              <Button
                size="small"
                onClick={() =>
                  unsubscribe.mutate({ key: topicKey, users: chosen.map((one) => one.userId) }, { onSuccess: clear })
                }
              >
                <UserMinus className="size-3.5" aria-hidden />
                Unsubscribe
              </Button>
            )
          : undefined
      }
      empty={
        <Empty
          icon={Users}
          title="Nobody is subscribed"
          action={
            mayChange ? (
              <Button look="primary" onClick={onAdd}>
                Subscribe people
              </Button>
            ) : undefined
          }
        >
          What is sent to this topic reaches everyone who is subscribed at that moment.
        </Empty>
      }
    />
  );
}
