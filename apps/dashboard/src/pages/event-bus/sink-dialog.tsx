import type { EventSink } from '@pulsestack/core';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { useSinkForm } from './use-bus.ts';

interface SinkDialogProps {
  before: EventSink | null;
  topic: string;
  onClose(): void;
}

export function SinkDialog({ before, topic, onClose }: SinkDialogProps) {
  const form = useSinkForm(before, topic, onClose);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={before ? `Change ${before.name}` : 'Forward events to a topic'}
      description="Events go out as CloudEvents, in their order, from the moment of this change on."
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            {before ? 'Save' : 'Forward'}
          </Button>
        </>
      }
    >
      <TextField label="Name" placeholder="Warehouse" maxLength={120} field={form.bind('name')} />
      {!before && (
        <TextField
          label="Topic"
          isMono
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          help="The operator decides which topics a workspace may use."
          field={form.bind('topic')}
        />
      )}
      <TextField
        label="Events"
        isMono
        placeholder="notification.*, receipt.updated"
        help="Names, separated by commas; notification.* means all of them, * everything."
        field={form.bind('events')}
      />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
