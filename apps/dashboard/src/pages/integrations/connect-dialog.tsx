import type { Integration, ProviderInfo } from '@pulsestack/core';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { SelectField } from '../../ui/select.tsx';
import { channelName } from '../messages/words.ts';
import { fieldsOf, useConnectForm } from './use-integrations.ts';

interface ConnectDialogProps {
  providers: readonly ProviderInfo[];
  /** What is changed; without it a provider is connected. */
  before: Integration | null;
  onClose(): void;
}

export function ConnectDialog({ providers, before, onClose }: ConnectDialogProps) {
  const [chosen, setChosen] = useState(before?.provider ?? providers[0]?.id ?? '');
  const provider = providers.find((one) => one.id === chosen);
  if (!provider) return null;
  return (
    <Form key={provider.id} provider={provider} before={before} onClose={onClose}>
      {!before && (
        <SelectField
          label="Provider"
          options={providers.map((one) => ({ value: one.id, label: `${one.name} (${channelName(one.channel)})` }))}
          value={chosen}
          onChange={setChosen}
        />
      )}
    </Form>
  );
}

const LABELS: Record<string, string> = {
  url: 'Address',
  secret: 'Signing secret',
  dkimPrivateKey: 'DKIM private key',
  dkimDomain: 'DKIM domain',
  dkimSelector: 'DKIM selector',
  from: 'Sender',
  replyTo: 'Replies go to',
};

interface FormProps {
  provider: ProviderInfo;
  before: Integration | null;
  onClose(): void;
  children: React.ReactNode;
}

function Form({ provider, before, onClose, children }: FormProps) {
  const form = useConnectForm(provider, before, onClose);
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={before ? `Change ${before.name}` : 'Connect a provider'}
      description={
        before
          ? 'Credentials stay as they are unless you enter all of them anew.'
          : 'Credentials are stored encrypted and never shown again.'
      }
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            {before ? 'Save' : 'Connect'}
          </Button>
        </>
      }
    >
      {children}
      <TextField label="Name" placeholder={provider.name} isOptional maxLength={120} field={form.bind('name')} />
      {fieldsOf(provider).map((field) => (
        <TextField
          key={field.name}
          label={LABELS[field.name] ?? field.name}
          help={
            before && field.group === 'credentials' ? `Now ${before.credentials[field.name] ?? 'not set'}` : field.help
          }
          placeholder={field.example}
          isOptional={!field.isRequired}
          isMono={field.group === 'credentials'}
          type={field.isSecret ? 'password' : 'text'}
          autoComplete="off"
          spellCheck={false}
          field={form.bind(field.name)}
        />
      ))}
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
