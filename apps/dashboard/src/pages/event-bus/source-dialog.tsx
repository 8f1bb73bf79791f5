import type { EventSource } from '@pulsestack/core';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { JsonField } from '../../ui/json-field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { Segments } from '../../ui/segments.tsx';
import { SelectField } from '../../ui/select.tsx';
import { useSourceForm } from './use-bus.ts';

interface SourceDialogProps {
  /** What is changed; without it a topic is listened to. */
  before: EventSource | null;
  /** How topics begin that this workspace may use. */
  topic: string;
  onClose(): void;
}

export function SourceDialog({ before, topic, onClose }: SourceDialogProps) {
  const form = useSourceForm(before, topic, onClose);
  const { startAt, reads } = form.values;
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={before ? `Change ${before.name}` : 'Listen to a topic'}
      description="Each message becomes an event, as if it had been sent to the API, and starts the workflows that wait for it."
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            {before ? 'Save' : 'Listen'}
          </Button>
        </>
      }
    >
      <TextField label="Name" placeholder="Orders" maxLength={120} field={form.bind('name')} />
      {before ? null : (
        <>
          <TextField
            label="Topic"
            isMono
            maxLength={200}
            spellCheck={false}
            autoComplete="off"
            help="The operator decides which topics a workspace may use."
            field={form.bind('topic')}
          />
          <SelectField
            label="Begin with"
            options={[
              { value: 'latest', label: 'What comes from now on' },
              { value: 'earliest', label: 'The oldest message that the broker has' },
            ]}
            value={startAt}
            onChange={(value) => form.set('startAt', value)}
          />
        </>
      )}
      <Segments
        label="What messages are"
        segments={[
          { value: 'cloudevents', label: 'CloudEvents' },
          { value: 'mapping', label: 'Any JSON' },
        ]}
        value={reads}
        onChange={(value) => form.set('reads', value)}
      />
      {reads === 'cloudevents' ? (
        <p className="text-12 text-n10">
          The type names the event, the subject is the user, the data is the payload. Source and id make sure that each
          is worked at once.
        </p>
      ) : (
        <JsonField
          label="Mapping"
          help="Where in body and headers the name of the event, the user and the payload are found."
          field={form.bind('mapping')}
        />
      )}
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
