import type { MessageStory } from '@pulsestack/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { RotateCw, X } from 'lucide-react';
import { ApiError } from '../../api/http.ts';
import { useCan } from '../../session/use-session.ts';
import { Back } from '../../shell/back.tsx';
import { Page } from '../../shell/page.tsx';
import { Missing } from '../../shell/trouble.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/notice.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { Fact, Mono } from '../notifications/facts.tsx';
import { Frame } from './frame.tsx';
import { Story } from './story.tsx';
import { useMessage, useMessageChanges } from './use-messages.ts';
import { channelName, stateName, stateTone } from './words.ts';

const route = getRouteApi('/inside/messages/$id');

export function MessagePage() {
  const { id } = route.useParams();
  const can = useCan();
  const { data: message, error, refetch } = useMessage(id);
  const { retry, cancel } = useMessageChanges(id);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <Missing />;
  const waits = message && ['queued', 'held', 'digested'].includes(message.state) && !message.digestId;
  return (
    <Page
      title={message?.subject ?? 'Message'}
      width="medium"
      before={<Back to="/messages" label="Back to messages" />}
      action={
        message?.state === 'failed' && can('integrations.manage') ? (
          <Button onClick={() => retry.mutate()} isBusy={retry.isPending}>
            <RotateCw className="size-3.5" aria-hidden />
            Send again
          </Button>
        ) : waits && can('runs.manage') ? (
          <Button onClick={() => cancel.mutate()} isBusy={cancel.isPending}>
            <X className="size-3.5" aria-hidden />
            Cancel
          </Button>
        ) : undefined
      }
    >
      {error ? (
        <Failed error={error} what="The message" retry={() => void refetch()} />
      ) : !message ? (
        <BlockSkeleton lines={8} />
      ) : (
        <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_320px] xl:grid-cols-[minmax(0,1fr)_440px]">
          <div className="flex min-w-0 flex-col gap-8">
            {(retry.error ?? cancel.error) && <Problem error={(retry.error ?? cancel.error) as Error} />}
            <Story message={message} />
            <Facts message={message} />
          </div>
          <div className="min-w-0">
            <Frame message={message} />
          </div>
        </div>
      )}
    </Page>
  );
}

function Facts({ message }: { message: MessageStory }) {
  return (
    <dl className="grid grid-cols-[112px_minmax(0,1fr)] gap-y-2.5 border-t pt-6">
      <Fact name="State">
        <Badge tone={stateTone[message.state]}>{stateName(message.state)}</Badge>
        {message.isTest && <Badge className="ml-1.5">Test</Badge>}
      </Fact>
      <Fact name="Channel">{channelName(message.channel)}</Fact>
      <Fact name="User">
        <Link to="/users/$id" params={{ id: message.userId }} className="underline underline-offset-2">
          {message.userId}
        </Link>
      </Fact>
      {message.to && message.to !== message.userId && <Fact name="Address">{message.to}</Fact>}
      {message.provider && <Fact name="Provider">{message.provider}</Fact>}
      <Fact name="Category">{message.category}</Fact>
      {message.items.length > 0 && (
        <Fact name="Lines">
          <ul>
            {message.items.slice(0, 20).map((id) => (
              <li key={id}>
                <Link to="/messages/$id" params={{ id }} className="font-mono text-12 underline underline-offset-2">
                  {id}
                </Link>
              </li>
            ))}
          </ul>
        </Fact>
      )}
      <Fact name="Id">
        <Mono text={message.id} label="Copy id" />
      </Fact>
      {message.runId && (
        <Fact name="Run">
          <Link
            to="/runs/$id"
            params={{ id: message.runId }}
            className="font-mono text-12 underline underline-offset-2"
          >
            {message.runId}
          </Link>
        </Fact>
      )}
      <Fact name="Correlation">
        <Mono text={message.correlationId} label="Copy correlation id" />
      </Fact>
    </dl>
  );
}
