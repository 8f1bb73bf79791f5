import type { Topic } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Plus, Tags } from 'lucide-react';
import { Needs } from '../../session/needs.tsx';
import { useSnippets } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/states.tsx';
import { Count, Time } from '../../ui/time.tsx';
import { TopicDialog } from './topic-dialog.tsx';
import { useTopics } from './use-topics.ts';

const route = getRouteApi('/inside/topics');

const columns: readonly Column<Topic>[] = [
  {
    id: 'name',
    header: 'Topic',
    isWide: true,
    isFixed: true,
    text: (topic) => topic.name ?? topic.key,
    cell: (topic) => (
      <Link to="/topics/$key" params={{ key: topic.key }} className="block truncate rounded-[3px] font-medium">
        {topic.name ?? topic.key}
      </Link>
    ),
  },
  {
    id: 'key',
    header: 'Key',
    from: 'sm',
    text: (topic) => topic.key,
    cell: (topic) => <code className="block max-w-64 truncate text-n11">{topic.key}</code>,
  },
  {
    id: 'subscribers',
    header: 'Subscribed',
    align: 'right',
    text: (topic) => topic.subscribers,
    cell: (topic) => <Count value={topic.subscribers} />,
  },
  {
    id: 'createdAt',
    header: 'Since',
    from: 'md',
    align: 'right',
    text: (topic) => topic.createdAt,
    cell: (topic) => (
      <span className="text-n10">
        <Time at={topic.createdAt} />
      </span>
    ),
  },
];

export function TopicsPage() {
  const { panel } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const open = (next: string | undefined) => void navigate({ to: '/topics', search: next ? { panel: next } : {} });
  return (
    <Page
      title="Topics"
      width="medium"
      action={
        can('topics.write') ? (
          <Button look="primary" onClick={() => open('new')}>
            <Plus className="size-3.5" aria-hidden />
            New topic
          </Button>
        ) : undefined
      }
    >
      <Needs permission="topics.read" to="see topics">
        <TopicTable onNew={() => open('new')} />
      </Needs>
      {panel === 'new' && can('topics.write') && (
        <TopicDialog
          topic={null}
          onClose={() => open(undefined)}
          onSaved={(topic) => void navigate({ to: '/topics/$key', params: { key: topic.key } })}
        />
      )}
    </Page>
  );
}

function TopicTable({ onNew }: { onNew(): void }) {
  const list = useTopics();
  const navigate = useNavigate();
  const can = useCan();
  const snippets = useSnippets({
    path: '/v1/topics/repo:acme.api/subscribers',
    body: { users: ['ada', 'grace'] },
    sdk: "topics.subscribe('repo:acme.api', { users: ['ada', 'grace'] })",
  });
  return (
    <DataTable
      name="topics"
      what="Topics"
      list={list}
      columns={columns}
      idOf={(topic) => topic.key}
      onOpen={(topic) => void navigate({ to: '/topics/$key', params: { key: topic.key } })}
      empty={
        <Empty
          icon={Tags}
          title="No topics yet"
          action={
            can('topics.write') ? (
              <Button look="primary" onClick={onNew}>
                New topic
              </Button>
            ) : undefined
          }
          snippets={snippets}
        >
          A topic is a list people subscribe to: a repository, an order, a release channel. One call then reaches them
          all.
        </Empty>
      }
    />
  );
}
