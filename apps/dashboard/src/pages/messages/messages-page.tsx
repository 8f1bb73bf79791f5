import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import { Needs } from '../../session/needs.tsx';
import { useSnippets } from '../../session/snippets.ts';
import { Page } from '../../shell/page.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { FilterChip, SearchFilter, TextChip } from '../../table/filters.tsx';
import { Empty } from '../../ui/states.tsx';
import { NothingFits } from '../notifications/notifications-page.tsx';
import { messageColumns } from './columns.tsx';
import { useMessages } from './use-messages.ts';
import { CHANNEL_OPTIONS, STATE_OPTIONS } from './words.ts';

const route = getRouteApi('/inside/messages');

export function MessagesPage() {
  return (
    <Page title="Messages">
      <Needs permission="messages.read" to="see what was sent to whom">
        <MessageTable />
      </Needs>
    </Page>
  );
}

function MessageTable() {
  const filter = route.useSearch();
  const navigate = useNavigate();
  const list = useMessages(filter);
  const set = (change: Partial<typeof filter>) =>
    void navigate({ to: '/messages', search: { ...filter, ...change }, replace: true });
  return (
    <DataTable
      name="messages"
      what="Messages"
      list={list}
      columns={messageColumns}
      idOf={(message) => message.id}
      onOpen={(message) => void navigate({ to: '/messages/$id', params: { id: message.id } })}
      filters={
        <>
          <SearchFilter label="Id of a user" value={filter.user} onChange={(user) => set({ user })} />
          <FilterChip label="State" options={STATE_OPTIONS} value={filter.state} onChange={(state) => set({ state })} />
          <FilterChip
            label="Channel"
            options={CHANNEL_OPTIONS}
            value={filter.channel}
            onChange={(channel) => set({ channel })}
          />
          <TextChip
            label="Workflow"
            placeholder="any"
            value={filter.workflow}
            onChange={(workflow) => set({ workflow })}
          />
          <TextChip
            label="Category"
            placeholder="any"
            value={filter.category}
            onChange={(category) => set({ category })}
          />
        </>
      }
      empty={
        Object.keys(filter).length > 0 ? (
          <NothingFits onClear={() => void navigate({ to: '/messages', search: {} })} />
        ) : (
          <NoMessages />
        )
      }
    />
  );
}

function NoMessages() {
  const snippets = useSnippets({
    path: '/v1/explain',
    body: { user: 'ada', channels: ['in_app', 'email'] },
    sdk: "messages.explain({ user: 'ada', channels: ['in_app', 'email'] })",
  });
  return (
    <Empty icon={MessagesSquare} title="No messages yet" snippets={snippets}>
      A workflow makes one message for each person and channel. Each stands here with every decision about it, also when
      it was not sent.
    </Empty>
  );
}
