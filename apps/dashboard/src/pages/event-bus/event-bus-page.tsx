import type { BusStatus } from '@pulsestack/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Plus, Waypoints } from 'lucide-react';
import type { ReactNode } from 'react';
import { Needs } from '../../session/needs.tsx';
import { useSnippets } from '../../session/snippets.ts';
import { Page } from '../../shell/page.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Empty, Failed, RowSkeletons } from '../../ui/states.tsx';
import { RefusalsPanel } from './refusals-panel.tsx';
import { SinkRow, SourceRow } from './rows.tsx';
import { SinkDialog } from './sink-dialog.tsx';
import { SourceDialog } from './source-dialog.tsx';
import { useBus } from './use-bus.ts';

const route = getRouteApi('/inside/event-bus');
const NEW_SOURCE = 'new-source';
const NEW_SINK = 'new-sink';

export function EventBusPage() {
  const { panel, refusals } = route.useSearch();
  const navigate = useNavigate();
  const show = (search: { panel?: string; refusals?: string }) => void navigate({ to: '/event-bus', search });
  return (
    <Page
      title="Event bus"
      width="form"
      action={
        <Button look="primary" onClick={() => show({ panel: NEW_SOURCE })}>
          <Plus className="size-3.5" aria-hidden />
          Listen to a topic
        </Button>
      }
    >
      <Needs permission="integrations.manage" to="connect topics">
        <Topics panel={panel} refusals={refusals} show={show} />
      </Needs>
    </Page>
  );
}

interface TopicsProps {
  panel: string | undefined;
  refusals: string | undefined;
  show(search: { panel?: string; refusals?: string }): void;
}

function Topics({ panel, refusals, show }: TopicsProps) {
  const { data, error, isPending, refetch } = useBus();
  if (error) return <Failed error={error} what="The event bus" retry={() => void refetch()} />;
  if (isPending) return <RowSkeletons rows={4} />;
  const { status, sources, sinks } = data;
  const close = () => show({});
  const source = sources.find((one) => one.id === panel);
  const sink = sinks.find((one) => one.id === panel);
  const refused = sources.find((one) => one.id === refusals);
  const own = (status.topics[0] ?? '').replace(/\*.*$/, '');
  return (
    <div className="flex flex-col gap-8">
      <Carrier status={status} />
      <Group
        title="In"
        words="Messages of these topics become events and start workflows."
        action={null}
        items={sources.map((one) => (
          <SourceRow
            key={one.id}
            item={one}
            onEdit={() => show({ panel: one.id })}
            onRefusals={() => show({ refusals: one.id })}
          />
        ))}
        empty={<NoSources topic={`${own}orders`} onCreate={() => show({ panel: NEW_SOURCE })} />}
      />
      <Group
        title="Out"
        words="Events of this workspace go to these topics, as CloudEvents."
        action={
          <Button size="small" onClick={() => show({ panel: NEW_SINK })}>
            <Plus className="size-3.5" aria-hidden />
            Forward events
          </Button>
        }
        items={sinks.map((one) => <SinkRow key={one.id} item={one} onEdit={() => show({ panel: one.id })} />)}
        empty={<p className="mt-3 rounded-card border border-dashed px-4 py-5 text-n10">No topic gets events yet.</p>}
      />
      {(panel === NEW_SOURCE || source) && <SourceDialog before={source ?? null} topic={own} onClose={close} />}
      {(panel === NEW_SINK || sink) && <SinkDialog before={sink ?? null} topic={own} onClose={close} />}
      {refused && <RefusalsPanel source={refused} onClose={close} />}
    </div>
  );
}

const CARRIERS: Record<BusStatus['kind'], string> = {
  memory: 'Within the process',
  kafka: 'Kafka',
  nats: 'NATS JetStream',
};

function Carrier({ status }: { status: BusStatus }) {
  if (status.kind === 'memory')
    return (
      <Notice>
        No broker is set, so topics live within the process and end with it. The operator connects Kafka or NATS
        JetStream by <code>BUS_URL</code>.
      </Notice>
    );
  return (
    <p className="flex flex-wrap items-center gap-2 text-n11">
      {CARRIERS[status.kind]}
      <Badge tone={status.healthy ? 'success' : 'danger'}>{status.healthy ? 'Connected' : 'Away'}</Badge>
      {!status.healthy && <span className="text-12">Events wait, and nothing is lost.</span>}
    </p>
  );
}

interface GroupProps {
  title: string;
  words: string;
  action: ReactNode;
  items: ReactNode[];
  empty: ReactNode;
}

function Group({ title, words, action, items, empty }: GroupProps) {
  const id = `bus-${title.toLowerCase()}`;
  return (
    <section aria-labelledby={id}>
      <div className="flex items-start justify-between gap-3">
        <div>
          <h2 id={id} className="text-14">
            {title}
          </h2>
          <p className="text-n10">{words}</p>
        </div>
        {action}
      </div>
      {items.length === 0 ? empty : <ol className="mt-3 divide-y rounded-card border">{items}</ol>}
    </section>
  );
}

function NoSources({ topic, onCreate }: { topic: string; onCreate(): void }) {
  const snippets = useSnippets({
    path: '/v1/event-sources',
    body: { name: 'Orders', topic },
    sdk: `eventSources.create({ name: 'Orders', topic: '${topic}' })`,
  });
  return (
    <Empty
      icon={Waypoints}
      title="No topic is listened to"
      action={
        <Button look="primary" onClick={onCreate}>
          Listen to the first
        </Button>
      }
      snippets={snippets}
    >
      What other systems put on a topic of Kafka or NATS starts workflows here, once for each message.
    </Empty>
  );
}
