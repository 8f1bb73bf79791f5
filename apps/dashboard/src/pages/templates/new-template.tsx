import type { TemplateDetail } from '@pulsestack/core';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { SelectField } from '../../ui/select.tsx';
import { CHANNEL_OPTIONS } from '../messages/words.ts';
import { useNewTemplate } from './use-templates.ts';

export function NewTemplate({ onClose, onMade }: { onClose(): void; onMade(template: TemplateDetail): void }) {
  const form = useNewTemplate(onMade);
  const channel = form.bind('channel');
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="New template"
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            Create template
          </Button>
        </>
      }
    >
      <TextField
        label="Key"
        isMono
        autoComplete="off"
        placeholder="order.shipped"
        help="What workflows call it. It stays."
        field={form.bind('key')}
      />
      <TextField label="Name" isOptional autoComplete="off" maxLength={120} field={form.bind('name')} />
      <SelectField
        label="Channel"
        options={CHANNEL_OPTIONS.filter((option) => option.value !== 'webhook')}
        value={channel.value}
        onChange={(value) => value !== 'webhook' && channel.change(value)}
      />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
