import type { EventType } from '@pulsestack/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { Needs } from '../../session/needs.tsx';
import { useCan } from '../../session/use-session.ts';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Missing } from '../../shell/trouble.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Copy } from '../../ui/copy.tsx';
import { pretty } from '../../ui/json.ts';
import { Json } from '../../ui/json-field.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { Notice } from '../../ui/notice.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { Fact } from '../notifications/facts.tsx';
import { EventTypeDialog } from './event-type-dialog.tsx';
import { Generate } from './generate.tsx';
import { useEventType, useWithdraw } from './use-catalog.ts';
import { Versions } from './versions.tsx';

const route = getRouteApi('/inside/catalog/$name');

export function EventTypePage() {
  const { name } = route.useParams();
  const { panel } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const { data: eventType, error, refetch } = useEventType(name);
  const withdraw = useWithdraw();
  const [isWithdrawing, setWithdrawing] = useState(false);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  const show = (next: string | undefined) =>
    void navigate({ to: '/catalog/$name', params: { name }, search: next ? { panel: next } : {} });
  return (
    <Page
      title={name}
      width="medium"
      before={<Back to="/catalog" label="Back to the event catalogue" />}
      action={
        eventType && can('catalog.write') ? (
          <>
            <Button look="primary" onClick={() => show('edit')}>
              <Pencil className="size-3.5" aria-hidden />
              Edit
            </Button>
            <RowMenu label="More">
              <MenuItem icon={Trash2} isDangerous onClick={() => setWithdrawing(true)}>
                Withdraw
              </MenuItem>
            </RowMenu>
          </>
        ) : undefined
      }
    >
      <Needs permission="catalog.read" to="see which events are declared">
        {eventType ? (
          <Details eventType={eventType} />
        ) : error ? (
          <Failed error={error} what="The declaration" retry={() => void refetch()} />
        ) : (
          <BlockSkeleton lines={8} />
        )}
      </Needs>
      {panel === 'edit' && eventType && can('catalog.write') && (
        <EventTypeDialog eventType={eventType} onClose={() => show(undefined)} onSaved={() => show(undefined)} />
      )}
      <Confirm
        isOpen={isWithdrawing}
        onClose={() => setWithdrawing(false)}
        title="Withdraw this declaration?"
        action="Withdraw"
        name={name}
        act={async () => {
          await withdraw.mutateAsync(name);
          await navigate({ to: '/catalog' });
        }}
      >
        Events of this name are then no longer checked. What is on the log stays; the versions go.
      </Confirm>
    </Page>
  );
}

function Details({ eventType }: { eventType: EventType }) {
  return (
    <div className="flex flex-col gap-8">
      {eventType.deprecated !== null && (
        <Notice tone="warning">
          <strong className="font-semibold">Deprecated.</strong> {eventType.deprecated}
        </Notice>
      )}
      <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_minmax(320px,440px)]">
        <div className="flex min-w-0 flex-col gap-8">
          <section aria-labelledby="schema">
            <div className="mb-2 flex items-center justify-between">
              <h2 id="schema" className="text-14">
                Schema
              </h2>
              <Copy text={pretty(eventType.schema)} label="Copy schema" />
            </div>
            <Json value={eventType.schema} label="Schema of the event" />
          </section>
          <Versions name={eventType.name} />
        </div>
        <div className="flex min-w-0 flex-col gap-8">
          <Facts eventType={eventType} />
          <Generate />
        </div>
      </div>
    </div>
  );
}

function Facts({ eventType: { name, summary, version, tags, createdAt, updatedAt } }: { eventType: EventType }) {
  const can = useCan();
  return (
    <dl className="grid grid-cols-[96px_minmax(0,1fr)] gap-y-2.5">
      <Fact name="Summary">{summary === '' ? <span className="text-n10">None</span> : summary}</Fact>
      <Fact name="Version">{version}</Fact>
      {tags.length > 0 && (
        <Fact name="Tags">
          <span className="flex flex-wrap gap-1">
            {tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
          </span>
        </Fact>
      )}
      <Fact name="Declared">
        <Time at={createdAt} />
      </Fact>
      <Fact name="Changed">
        <Time at={updatedAt} />
      </Fact>
      {can('streams.read') && (
        <Fact name="Events">
          <Link to="/streams/events" search={{ name }} className="underline underline-offset-2">
            On the log
          </Link>
          {can('streams.manage') && (
            <>
              {' · '}
              <Link to="/streams/send" search={{ name }} className="underline underline-offset-2">
                Send one
              </Link>
            </>
          )}
        </Fact>
      )}
    </dl>
  );
}
