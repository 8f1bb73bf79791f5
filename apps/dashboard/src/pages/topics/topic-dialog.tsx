import type { Topic } from '@pulsestack/core';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { UserPicker } from '../publish/user-picker.tsx';
import { useSubscribeForm, useTopicForm } from './use-topics.ts';

export function TopicDialog({
  topic,
  onClose,
  onSaved,
}: {
  topic: Topic | null;
  onClose(): void;
  onSaved(topic: Topic): void;
}) {
  const form = useTopicForm(topic, onSaved);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={topic ? 'Rename topic' : 'New topic'}
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            {topic ? 'Save' : 'Create topic'}
          </Button>
        </>
      }
    >
      <TextField
        label="Key"
        isMono
        disabled={topic !== null}
        autoComplete="off"
        placeholder="repo:acme.api"
        help="What your code calls it. It stays."
        field={form.bind('key')}
      />
      <TextField
        label="Name"
        isOptional
        maxLength={200}
        autoComplete="off"
        placeholder="Releases of acme/api"
        field={form.bind('name')}
      />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}

export function SubscribeDialog({ topicKey, onClose }: { topicKey: string; onClose(): void }) {
  const form = useSubscribeForm(topicKey, onClose);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Subscribe people"
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            Subscribe
          </Button>
        </>
      }
    >
      <UserPicker field={form.bind('users')} label="People" help="An id that is not known yet becomes a user." />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
