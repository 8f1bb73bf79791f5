import type { Channel, Integration } from '@pulsestack/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { ArrowUp, Pencil, Plug, Plus, Power, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Needs } from '../../session/needs.tsx';
import { useSnippets } from '../../session/snippets.ts';
import { useCan } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { Empty, Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { channelName } from '../messages/words.ts';
import { ConnectDialog } from './connect-dialog.tsx';
import { TestDialog } from './test-dialog.tsx';
import { useIntegrationChanges, useIntegrations, useProviders } from './use-integrations.ts';

const route = getRouteApi('/inside/integrations');

export function IntegrationsPage() {
  const { panel } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const show = (next: string | undefined) =>
    void navigate({ to: '/integrations', search: next ? { panel: next } : {} });
  return (
    <Page
      title="Integrations"
      width="form"
      action={
        can('integrations.manage') ? (
          <Button look="primary" onClick={() => show('new')}>
            <Plus className="size-3.5" aria-hidden />
            Connect
          </Button>
        ) : undefined
      }
    >
      <Needs permission="integrations.manage" to="connect providers">
        <Connected panel={panel} show={show} />
      </Needs>
    </Page>
  );
}

function Connected({ panel, show }: { panel: string | undefined; show(next: string | undefined): void }) {
  const { data, error, isPending, refetch } = useIntegrations();
  const providers = useProviders();
  if (error) return <Failed error={error} what="The integrations" retry={() => void refetch()} />;
  if (isPending) return <RowSkeletons rows={3} />;
  const channels = [...new Set(data.map((one) => one.channel))];
  const edited = data.find((one) => one.id === panel);
  return (
    <>
      {data.length === 0 ? (
        <NothingConnected onConnect={() => show('new')} />
      ) : (
        <div className="flex flex-col gap-8">
          {channels.map((channel) => (
            <ChannelGroup
              key={channel}
              channel={channel}
              items={data.filter((one) => one.channel === channel)}
              onEdit={(id) => show(id)}
            />
          ))}
        </div>
      )}
      {providers.data && (panel === 'new' || edited) && (
        <ConnectDialog providers={providers.data} before={edited ?? null} onClose={() => show(undefined)} />
      )}
    </>
  );
}

interface ChannelGroupProps {
  channel: Channel;
  items: readonly Integration[];
  onEdit(id: string): void;
}

function ChannelGroup({ channel, items, onEdit }: ChannelGroupProps) {
  const { order } = useIntegrationChanges();
  const first = (id: string) => order.mutate([id, ...items.map((one) => one.id).filter((other) => other !== id)]);
  return (
    <section aria-labelledby={`channel-${channel}`}>
      <h2 id={`channel-${channel}`} className="text-14">
        {channelName(channel)}
      </h2>
      {items.length > 1 && <p className="text-n10">The first that works is used; the others step in when it is out.</p>}
      <ol className="mt-3 divide-y rounded-card border">
        {items.map((one, index) => (
          <Row
            key={one.id}
            integration={one}
            place={items.length > 1 ? index + 1 : null}
            onEdit={() => onEdit(one.id)}
            onFirst={index > 0 ? () => first(one.id) : undefined}
          />
        ))}
      </ol>
    </section>
  );
}

interface RowProps {
  integration: Integration;
  place: number | null;
  onEdit(): void;
  onFirst: (() => void) | undefined;
}

function Row({ integration, place, onEdit, onFirst }: RowProps) {
  const { change, disconnect } = useIntegrationChanges();
  const [asking, setAsking] = useState<'test' | 'disconnect' | null>(null);
  const { enabled, health, name } = integration;
  return (
    <li className="flex flex-wrap items-start gap-3 px-4 py-3">
      {place !== null && <span className="tabular w-4 pt-px text-n10">{place}</span>}
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="truncate font-medium">{name}</span>
          <Health integration={integration} />
        </p>
        <p className="truncate font-mono text-12 text-n10">{Object.values(integration.credentials)[0]}</p>
      </div>
      <Button size="small" onClick={() => setAsking('test')}>
        <Send className="size-3.5" aria-hidden />
        Test
      </Button>
      <RowMenu label={`Actions for ${name}`}>
        <MenuItem icon={Pencil} onClick={onEdit}>
          Change
        </MenuItem>
        {onFirst && (
          <MenuItem icon={ArrowUp} onClick={onFirst}>
            Use first
          </MenuItem>
        )}
        <MenuItem icon={Power} onClick={() => change.mutate({ id: integration.id, enabled: !enabled })}>
          {enabled ? 'Switch off' : 'Switch on'}
        </MenuItem>
        <MenuItem icon={Trash2} isDangerous onClick={() => setAsking('disconnect')}>
          Disconnect
        </MenuItem>
      </RowMenu>
      {enabled && health.lastError && health.state !== 'working' && (
        <p className={clsx('w-full text-12 break-words text-danger-text', place !== null && 'sm:pl-7')}>
          {health.lastError}
          {health.retryAt && (
            <span className="block text-n10">
              Tried again <Time at={health.retryAt} />.
            </span>
          )}
        </p>
      )}
      {asking === 'test' && <TestDialog integration={integration} onClose={() => setAsking(null)} />}
      <Confirm
        isOpen={asking === 'disconnect'}
        onClose={() => setAsking(null)}
        title={`Disconnect ${name}?`}
        action="Disconnect"
        name={name}
        act={() => disconnect.mutateAsync(integration.id)}
      >
        Messages that wait for it go to the next provider of the channel, or are skipped when there is none.
      </Confirm>
    </li>
  );
}

function Health({ integration: { enabled, health } }: { integration: Integration }) {
  if (!enabled) return <Badge>Off</Badge>;
  if (health.state === 'out') return <Badge tone="danger">Out</Badge>;
  if (health.state === 'trying') return <Badge tone="warning">Being tried</Badge>;
  return <Badge tone="success">Working</Badge>;
}

function NothingConnected({ onConnect }: { onConnect(): void }) {
  const snippets = useSnippets({
    path: '/v1/integrations',
    body: { provider: 'smtp', credentials: { url: 'smtp://user:password@mail.example.com:587' } },
    sdk: "integrations.create({ provider: 'smtp', credentials: { url: 'smtp://user:password@mail.example.com:587' } })",
  });
  return (
    <Empty
      icon={Plug}
      title="No provider is connected"
      action={
        <Button look="primary" onClick={onConnect}>
          Connect the first
        </Button>
      }
      snippets={snippets}
    >
      The inbox works without one. E-mails and webhooks leave through providers you connect here; in development,
      e-mails go to the mailbox until you do.
    </Empty>
  );
}
