import type { LoggedEvent } from '@pulsestack/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Repeat2 } from 'lucide-react';
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
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { useEventType } from '../catalog/use-catalog.ts';
import { Fact, Mono } from '../notifications/facts.tsx';
import { Deliveries } from './deliveries.tsx';
import { useEvent, useReplay } from './use-streams.ts';
import { streamText } from './words.ts';

const route = getRouteApi('/inside/streams/events/$cursor');

export function EventPage() {
  const { cursor } = route.useParams();
  const { data: event, error, refetch } = useEvent(cursor);
  const can = useCan();
  const replay = useReplay(cursor);
  const [isAsking, setAsking] = useState(false);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  return (
    <Page
      title={event?.name ?? 'Event'}
      width="medium"
      before={<Back to="/streams/events" label="Back to events" />}
      action={
        event && can('streams.manage') ? (
          <Button onClick={() => setAsking(true)}>
            <Repeat2 className="size-3.5" aria-hidden />
            <span className="max-sm:sr-only">Send once more</span>
          </Button>
        ) : undefined
      }
    >
      <Needs permission="streams.read" to="see what is on the log">
        {event ? (
          <Details event={event} />
        ) : error ? (
          <Failed error={error} what="The event" retry={() => void refetch()} />
        ) : (
          <BlockSkeleton lines={8} />
        )}
      </Needs>
      {event && (
        <Confirm
          isOpen={isAsking}
          onClose={() => setAsking(false)}
          title="Send it once more?"
          action="Send once more"
          isDangerous={false}
          act={() => replay.mutateAsync()}
        >
          Whoever reads its stream now, {streamText(event.stream)}, receives it as a new event with the same data.
        </Confirm>
      )}
    </Page>
  );
}

function Details({ event }: { event: LoggedEvent }) {
  const { data: declared } = useEventType(event.name, useCan()('catalog.read'));
  const tags = Object.entries(event.tags);
  return (
    <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_minmax(300px,400px)]">
      <div className="flex min-w-0 flex-col gap-8">
        <section aria-labelledby="data">
          <div className="mb-2 flex items-center justify-between">
            <h2 id="data" className="text-14">
              Data
            </h2>
            <Copy text={pretty(event.data)} label="Copy data" />
          </div>
          <Json value={event.data} label="Data of the event" />
        </section>
        <Deliveries cursor={event.cursor} />
      </div>
      <dl className="grid grid-cols-[80px_minmax(0,1fr)] content-start gap-y-2.5">
        <Fact name="Stream">
          <Link
            to="/streams/events"
            search={{ stream: event.stream }}
            className="break-words underline underline-offset-2"
          >
            {streamText(event.stream)}
          </Link>
        </Fact>
        <Fact name="At">
          <Time at={event.at} isExact />
        </Fact>
        <Fact name="Position">
          <Mono text={event.cursor} label="Copy position" />
        </Fact>
        <Fact name="Tags">
          {tags.length === 0 ? (
            <span className="text-n10">None</span>
          ) : (
            <ul className="flex flex-wrap gap-1">
              {tags.map(([name, value]) => (
                <li key={name} className="max-w-full">
                  <Badge>
                    <span className="truncate font-mono">
                      {name}={String(value)}
                    </span>
                  </Badge>
                </li>
              ))}
            </ul>
          )}
        </Fact>
        <Fact name="Event">
          <Link to="/streams/events" search={{ name: event.name }} className="underline underline-offset-2">
            All of this name
          </Link>
          {declared && (
            <>
              {' · '}
              <Link to="/catalog/$name" params={{ name: event.name }} className="underline underline-offset-2">
                Declaration
              </Link>
            </>
          )}
        </Fact>
      </dl>
    </div>
  );
}
