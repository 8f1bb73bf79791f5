import type { ApiKey, ApiKeyWithSecret } from '@pulsestack/core';
import { useState } from 'react';
import { curl } from '../../session/snippets.ts';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { Segments } from '../../ui/segments.tsx';
import { SelectField } from '../../ui/select.tsx';
import { PermissionBoxes } from '../roles/permission-boxes.tsx';
import { LIFETIMES, OVERLAPS, useKeyChanges, useKeyForm } from './use-api-keys.ts';

export function CreateKeyDialog({ onClose, onCreated }: { onClose(): void; onCreated(key: ApiKeyWithSecret): void }) {
  const form = useKeyForm(onCreated);
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title="Create an API key"
      description="For your server. A key in a browser belongs to everyone who opens the page."
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            Create key
          </Button>
        </>
      }
    >
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_160px]">
        <TextField
          label="Name"
          maxLength={100}
          autoComplete="off"
          autoFocus
          placeholder="Production backend"
          help="Where it is used, so that you know it again."
          field={form.bind('name')}
        />
        <SelectField
          label="Expires"
          options={LIFETIMES}
          value={form.values.lifetime}
          onChange={(lifetime) => form.set('lifetime', lifetime)}
        />
      </div>
      <div className="flex flex-col gap-1.5">
        <span className="font-medium" aria-hidden>
          Permissions
        </span>
        <Segments
          label="Permissions"
          value={form.values.isFull ? 'full' : 'some'}
          onChange={(value) => form.set('isFull', value === 'full')}
          segments={[
            { value: 'full', label: 'All that I have' },
            { value: 'some', label: 'Only some' },
          ]}
        />
      </div>
      {!form.values.isFull && <PermissionBoxes legend="The key may" field={form.bind('permissions')} />}
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}

/** The only time a secret is shown. */
export function SecretDialog({ apiKey, onClose }: { apiKey: ApiKeyWithSecret; onClose(): void }) {
  const example = curl(location.origin, apiKey.secret, {
    path: '/v1/notify',
    body: { to: 'ada', title: 'Hi', body: 'It works' },
  });
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={`Your key “${apiKey.name}”`}
      footer={
        <Button look="primary" onClick={onClose}>
          I have stored it
        </Button>
      }
    >
      <Notice tone="warning">
        Copy it now and keep it where your secrets are. It is shown this once; we store only a fingerprint of it.
      </Notice>
      <div className="flex items-center gap-2 rounded-control border border-n8 bg-n2 py-1.5 pr-1.5 pl-3">
        <code className="min-w-0 flex-1 break-all" data-testid="secret">
          {apiKey.secret}
        </code>
        <Copy text={apiKey.secret} label="Copy the key" />
      </div>
      <Code label="Use it" snippets={[{ name: 'curl', code: example }]} />
    </Dialog>
  );
}

export function RotateDialog({
  apiKey,
  onClose,
  onRotated,
}: {
  apiKey: ApiKey;
  onClose(): void;
  onRotated(key: ApiKeyWithSecret): void;
}) {
  const [overlap, setOverlap] = useState<(typeof OVERLAPS)[number]['value']>('60');
  const { rotate } = useKeyChanges();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Rotate “${apiKey.name}”`}
      description="A new secret with the same permissions. The old one works until you have deployed the new one."
      onSubmit={(event) => {
        event.preventDefault();
        rotate.mutate({ id: apiKey.id, overlapMinutes: Number(overlap) }, { onSuccess: onRotated });
      }}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={rotate.isPending}>
            Rotate key
          </Button>
        </>
      }
    >
      <SelectField
        label="The old secret stops working"
        options={OVERLAPS}
        value={overlap}
        onChange={(next) => setOverlap(next)}
      />
      {rotate.error && <Problem error={rotate.error} />}
    </Dialog>
  );
}
