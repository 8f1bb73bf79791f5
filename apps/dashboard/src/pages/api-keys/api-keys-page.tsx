import type { ApiKey, ApiKeyWithSecret } from '@pulsestack/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { KeyRound, Plus, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Needs } from '../../session/needs.tsx';
import { Page } from '../../shell/page.tsx';
import type { Column } from '../../table/columns.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { CreateKeyDialog, RotateDialog, SecretDialog } from './key-dialogs.tsx';
import { type KeyState, stateOf, useApiKeys, useKeyChanges } from './use-api-keys.ts';

const route = getRouteApi('/inside/api-keys');

const words: Record<KeyState, { label: string; tone: Tone }> = {
  active: { label: 'Active', tone: 'success' },
  expiring: { label: 'Expires soon', tone: 'warning' },
  rotated: { label: 'Being replaced', tone: 'info' },
  expired: { label: 'Expired', tone: 'neutral' },
  revoked: { label: 'Revoked', tone: 'neutral' },
};

const columns: readonly Column<ApiKey>[] = [
  {
    id: 'name',
    header: 'Name',
    isWide: true,
    isFixed: true,
    text: (key) => key.name,
    cell: (key) => (
      <span className="flex items-center gap-2.5">
        <span className="truncate font-medium">{key.name}</span>
        <code className="truncate text-n10">{key.prefix}…</code>
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    text: (key) => words[stateOf(key, Date.now())].label,
    cell: (key) => {
      const { label, tone } = words[stateOf(key, Date.now())];
      return <Badge tone={tone}>{label}</Badge>;
    },
  },
  {
    id: 'permissions',
    header: 'Permissions',
    from: 'lg',
    align: 'right',
    text: (key) => key.permissions.join(' '),
    cell: (key) => (
      <span className="text-n11" title={key.permissions.join('\n')}>
        {key.permissions.length}
      </span>
    ),
  },
  {
    id: 'lastUsed',
    header: 'Last use',
    from: 'sm',
    align: 'right',
    text: (key) => key.lastUsedAt ?? '',
    cell: (key) => <span className="text-n10">{key.lastUsedAt ? <Time at={key.lastUsedAt} /> : 'never'}</span>,
  },
  {
    id: 'expires',
    header: 'Expires',
    from: 'md',
    align: 'right',
    text: (key) => key.expiresAt ?? '',
    cell: (key) => <span className="text-n10">{key.expiresAt ? <Time at={key.expiresAt} /> : 'never'}</span>,
  },
  {
    id: 'created',
    header: 'Created',
    from: 'lg',
    align: 'right',
    text: (key) => key.createdAt,
    cell: (key) => (
      <span className="text-n10">
        <Time at={key.createdAt} />
      </span>
    ),
  },
];

export function ApiKeysPage() {
  const { panel } = route.useSearch();
  const navigate = useNavigate();
  const [fresh, setFresh] = useState<ApiKeyWithSecret | null>(null);
  const show = (next: string | undefined) => void navigate({ to: '/api-keys', search: next ? { panel: next } : {} });
  const reveal = (key: ApiKeyWithSecret) => {
    setFresh(key);
    show(undefined);
  };
  return (
    <Page
      title="API keys"
      width="medium"
      action={
        <Button look="primary" onClick={() => show('new')}>
          <Plus className="size-3.5" aria-hidden />
          Create key
        </Button>
      }
    >
      <Needs permission="keys.manage" to="manage API keys">
        <KeyTable onCreate={() => show('new')} onSecret={reveal} />
        {panel === 'new' && <CreateKeyDialog onClose={() => show(undefined)} onCreated={reveal} />}
        {fresh && <SecretDialog apiKey={fresh} onClose={() => setFresh(null)} />}
      </Needs>
    </Page>
  );
}

function KeyTable({ onCreate, onSecret }: { onCreate(): void; onSecret(key: ApiKeyWithSecret): void }) {
  const list = useApiKeys();
  const { revoke } = useKeyChanges();
  const [asking, setAsking] = useState<{ kind: 'rotate' | 'revoke'; key: ApiKey } | null>(null);
  const now = useNow();
  const isUsable = (key: ApiKey) => ['active', 'expiring', 'rotated'].includes(stateOf(key, now));
  return (
    <>
      <DataTable
        name="api-keys"
        what="API keys"
        list={list}
        columns={columns}
        idOf={(key) => key.id}
        rowMenu={(key) =>
          isUsable(key) ? (
            <RowMenu label={`Actions for ${key.name}`}>
              {!key.replacedBy && (
                <MenuItem icon={RefreshCw} onClick={() => setAsking({ kind: 'rotate', key })}>
                  Rotate
                </MenuItem>
              )}
              <MenuItem icon={Trash2} isDangerous onClick={() => setAsking({ kind: 'revoke', key })}>
                Revoke
              </MenuItem>
            </RowMenu>
          ) : null
        }
        empty={
          <Empty
            icon={KeyRound}
            title="No API keys"
            action={
              <Button look="primary" onClick={onCreate}>
                Create the first
              </Button>
            }
            snippets={[{ name: 'curl', code: curlWithKey() }]}
          >
            A key lets your server send, and tell us of users and topics. Give each service its own, with no more than
            it needs.
          </Empty>
        }
      />
      {asking?.kind === 'rotate' && (
        <RotateDialog
          apiKey={asking.key}
          onClose={() => setAsking(null)}
          onRotated={(key) => {
            setAsking(null);
            onSecret(key);
          }}
        />
      )}
      <Confirm
        isOpen={asking?.kind === 'revoke'}
        onClose={() => setAsking(null)}
        title="Revoke this key?"
        action="Revoke key"
        name={asking?.key.name ?? ''}
        act={() => revoke.mutateAsync(asking?.key.id ?? '')}
      >
        Calls with it are refused everywhere at once. To change the secret without interruption, rotate it instead.
      </Confirm>
    </>
  );
}

function curlWithKey(): string {
  return `export PULSESTACK_KEY=sk_…\n\ncurl ${location.origin}/v1/notify \\\n  -H "authorization: Bearer $PULSESTACK_KEY" \\\n  -H "content-type: application/json" \\\n  -d '{"to":"ada","title":"Hi","body":"It works"}'`;
}
