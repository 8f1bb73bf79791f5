import type { EventType } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { BookOpenText, Plus } from 'lucide-react';
import { Needs } from '../../session/needs.tsx';
import { useSnippets } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { EventTypeDialog } from './event-type-dialog.tsx';
import { Generate } from './generate.tsx';
import { useEventTypes } from './use-catalog.ts';

const route = getRouteApi('/inside/catalog');

const columns: readonly Column<EventType>[] = [
  {
    id: 'name',
    header: 'Event',
    isFixed: true,
    text: (one) => one.name,
    cell: (one) => (
      <span className="flex items-center gap-2">
        <Link
          to="/catalog/$name"
          params={{ name: one.name }}
          className="max-w-72 truncate rounded-[3px] font-medium max-sm:max-w-40"
        >
          {one.name}
        </Link>
        {one.deprecated !== null && <Badge tone="warning">Deprecated</Badge>}
      </span>
    ),
  },
  {
    id: 'summary',
    header: 'When it happens',
    isWide: true,
    from: 'md',
    text: (one) => one.summary,
    cell: (one) => <span className="block truncate text-n11">{one.summary}</span>,
  },
  {
    id: 'tags',
    header: 'Tags',
    from: 'lg',
    text: (one) => one.tags.join(' '),
    cell: (one) => <span className="block max-w-44 truncate text-n11">{one.tags.join(', ')}</span>,
  },
  {
    id: 'version',
    header: 'Version',
    align: 'right',
    text: (one) => one.version,
    cell: (one) => one.version,
  },
  {
    id: 'updatedAt',
    header: 'Changed',
    from: 'sm',
    align: 'right',
    text: (one) => one.updatedAt,
    cell: (one) => (
      <span className="text-n10">
        <Time at={one.updatedAt} />
      </span>
    ),
  },
];

export function CatalogPage() {
  const { panel } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const open = (next: string | undefined) => void navigate({ to: '/catalog', search: next ? { panel: next } : {} });
  return (
    <Page
      title="Event catalogue"
      width="medium"
      action={
        can('catalog.write') ? (
          <Button look="primary" onClick={() => open('new')}>
            <Plus className="size-3.5" aria-hidden />
            Declare event
          </Button>
        ) : undefined
      }
    >
      <Needs permission="catalog.read" to="see which events are declared">
        <EventTypeTable onNew={() => open('new')} />
      </Needs>
      {panel === 'new' && can('catalog.write') && (
        <EventTypeDialog
          eventType={null}
          onClose={() => open(undefined)}
          onSaved={({ name }) => void navigate({ to: '/catalog/$name', params: { name } })}
        />
      )}
    </Page>
  );
}

function EventTypeTable({ onNew }: { onNew(): void }) {
  const list = useEventTypes();
  const navigate = useNavigate();
  return (
    <div className="flex flex-col gap-10">
      <DataTable
        name="catalog"
        what="Declared events"
        list={list}
        columns={columns}
        idOf={(one) => one.name}
        onOpen={({ name }) => void navigate({ to: '/catalog/$name', params: { name } })}
        empty={<NothingDeclared onNew={onNew} />}
      />
      {list.items.length > 0 && (
        <div className="max-w-[640px]">
          <Generate />
        </div>
      )}
    </div>
  );
}

function NothingDeclared({ onNew }: { onNew(): void }) {
  const can = useCan();
  const body = {
    summary: 'An order has left the warehouse',
    schema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  };
  const snippets = useSnippets({
    method: 'PUT',
    path: '/v1/catalog/order.shipped',
    body,
    sdk: `catalog.put('order.shipped', ${JSON.stringify(body, null, 2)})`,
  });
  return (
    <Empty
      icon={BookOpenText}
      title="No event is declared"
      action={
        can('catalog.write') ? (
          <Button look="primary" onClick={onNew}>
            Declare the first
          </Button>
        ) : undefined
      }
      snippets={snippets}
    >
      What is declared here is checked when it is sent, and becomes types in your code.
    </Empty>
  );
}
