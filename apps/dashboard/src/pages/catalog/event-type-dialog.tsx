import type { EventType } from '@pulsestack/core';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { JsonField } from '../../ui/json-field.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { ChangeText } from './change-text.tsx';
import { type BreakingChange, useEventTypeForm } from './use-catalog.ts';

interface EventTypeDialogProps {
  eventType: EventType | null;
  onClose(): void;
  onSaved(saved: EventType): void;
}

export function EventTypeDialog({ eventType, onClose, onSaved }: EventTypeDialogProps) {
  const { form, breaking } = useEventTypeForm(eventType, onSaved);
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={eventType ? `Change ${eventType.name}` : 'Declare an event'}
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look={breaking ? 'danger' : 'primary'} isBusy={form.isBusy}>
            {breaking ? 'Break readers and save' : eventType ? 'Save' : 'Declare event'}
          </Button>
        </>
      }
    >
      {!eventType && (
        <TextField
          label="Name"
          isMono
          autoComplete="off"
          placeholder="order.shipped"
          help="What readers listen for. It stays."
          field={form.bind('name')}
        />
      )}
      <TextField
        label="Summary"
        isOptional
        maxLength={300}
        autoComplete="off"
        placeholder="An order has left the warehouse"
        field={form.bind('summary')}
      />
      <JsonField
        label="Schema"
        rows={10}
        help="JSON Schema, draft 2020-12. Events of this name must fit it from now on."
        field={form.bind('schema')}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="Tags" isOptional autoComplete="off" placeholder="orders, billing" field={form.bind('tags')} />
        <TextField
          label="Deprecated"
          isOptional
          maxLength={300}
          autoComplete="off"
          placeholder="Use order.dispatched instead"
          field={form.bind('deprecated')}
        />
      </div>
      <div role="alert">{breaking && <Breaking changes={breaking} />}</div>
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}

function Breaking({ changes }: { changes: readonly BreakingChange[] }) {
  return (
    <Notice tone="warning">
      <p className="font-medium">Not saved: readers of this event may stumble over the change.</p>
      <ul className="mt-1 list-disc pl-4">
        {changes.map(({ path, sentence }) => (
          <li key={`${path} ${sentence}`}>
            <ChangeText path={path} sentence={sentence} />
          </li>
        ))}
      </ul>
      <p className="mt-1 text-n11">Change the schema, or save it all the same.</p>
    </Notice>
  );
}
