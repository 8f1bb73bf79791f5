import { Link } from '@tanstack/react-router';
import { useCan } from '../../session/use-session.ts';
import { Notice } from '../../ui/notice.tsx';
import { Segments } from '../../ui/segments.tsx';
import { SelectField } from '../../ui/select.tsx';
import type { Form } from '../../ui/use-form.ts';
import { linkClass } from '../account/frame.tsx';
import type { Composed } from './draft.ts';
import { useTopicChoices } from './use-publish.ts';
import { UserPicker } from './user-picker.tsx';

/** Whom it is for; what the role does not allow is shown, and why. */
export function AudienceFields({ form }: { form: Form<Composed> }) {
  const can = useCan();
  const mayBroadcast = can('notifications.broadcast');
  const { audience } = form.values;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col gap-1.5">
        <span className="font-medium" aria-hidden>
          To
        </span>
        <Segments
          label="To"
          isWide
          value={audience}
          onChange={(next) => form.set('audience', next)}
          segments={[
            { value: 'people', label: 'People' },
            { value: 'topic', label: 'A topic' },
            { value: 'everyone', label: 'Everyone', disabled: !mayBroadcast },
          ]}
        />
        {!mayBroadcast && (
          <p className="text-12 text-n10">
            Your role sends to people and topics; sending to everyone needs the permission “notifications.broadcast”.
          </p>
        )}
      </div>
      {audience === 'people' && (
        <UserPicker
          field={form.bind('users')}
          label="People"
          help="Up to 1,000. An id that is not known yet becomes a user."
        />
      )}
      {audience === 'topic' && <TopicField form={form} />}
      {audience === 'everyone' && (
        <Notice tone="warning">
          Everyone in this workspace gets it, and you are asked once more before it is sent.
        </Notice>
      )}
    </div>
  );
}

function TopicField({ form }: { form: Form<Composed> }) {
  const topics = useTopicChoices();
  const field = form.bind('topic');
  if (topics.length === 0) {
    return (
      <Notice>
        There is no topic yet.{' '}
        <Link to="/topics" search={{ panel: 'new' }} className={linkClass}>
          Create one
        </Link>{' '}
        and subscribe people to it.
      </Notice>
    );
  }
  return (
    <SelectField
      label="Topic"
      value={field.value}
      onChange={field.change}
      error={field.error}
      help="Everyone who is subscribed when it is sent."
      options={[
        ...(field.value === '' ? [{ value: '', label: 'Choose a topic' }] : []),
        ...topics.map((topic) => ({
          value: topic.key,
          label: topic.name ?? topic.key,
          note: `${topic.key} · ${topic.subscribers} subscribed`,
        })),
      ]}
    />
  );
}
