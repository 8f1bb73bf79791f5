import type { Integration } from '@pulsestack/core';
import { useState } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { controlClass, Field } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { useTest } from './use-integrations.ts';

const WORDS = {
  accepted: { label: 'Taken', tone: 'success' },
  refused: { label: 'Refused', tone: 'danger' },
  retry: { label: 'Not reachable now', tone: 'warning' },
} as const;

export function TestDialog({ integration, onClose }: { integration: Integration; onClose(): void }) {
  const [to, setTo] = useState('');
  const test = useTest(integration.id);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Test ${integration.name}`}
      description="A short message goes out at once, past preferences and queue."
      onSubmit={(event) => {
        event.preventDefault();
        test.mutate(to.trim() === '' ? 'test' : to.trim());
      }}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" look="primary" isBusy={test.isPending}>
            Send test
          </Button>
        </>
      }
    >
      {integration.channel !== 'webhook' && (
        <Field label="To">
          {(ids) => (
            <input
              {...ids}
              autoFocus
              value={to}
              placeholder={integration.channel === 'email' ? 'me@example.com' : 'an address of yours'}
              onChange={(event) => setTo(event.target.value)}
              className={`${controlClass} h-8`}
            />
          )}
        </Field>
      )}
      {test.data && (
        <div role="status" className="flex flex-col gap-2 rounded-card border p-3">
          <span>
            <Badge tone={WORDS[test.data.outcome].tone}>{WORDS[test.data.outcome].label}</Badge>
          </span>
          {test.data.detail && <code className="break-words text-12 text-n11">{test.data.detail}</code>}
        </div>
      )}
      {test.error && <Problem error={test.error} />}
    </Dialog>
  );
}
