import { useCan } from '../../session/use-session.ts';
import { Segments } from '../../ui/segments.tsx';
import { SelectField } from '../../ui/select.tsx';
import type { Bound } from '../../ui/use-form.ts';
import { useTopicChoices } from '../publish/use-publish.ts';
import { UserPicker } from '../publish/user-picker.tsx';
import type { Chosen } from './audience.ts';

/** Whom it concerns: people, a topic, or everyone. */
export function AudienceFields({
  field,
  needsBroadcast,
}: {
  field: Bound<Chosen>;
  /** Whether everyone may be chosen only by those who may send to everyone. */
  needsBroadcast: boolean;
}) {
  const can = useCan();
  const topics = useTopicChoices();
  const { value, change, error, blur, name } = field;
  const mayEveryone = !needsBroadcast || can('notifications.broadcast');
  const set = (part: Partial<Chosen>) => change({ ...value, ...part });
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col gap-1.5">
        <span className="font-medium" aria-hidden>
          To
        </span>
        <Segments
          label="To"
          isWide
          value={value.kind}
          onChange={(kind) => set({ kind })}
          segments={[
            { value: 'people', label: 'People' },
            { value: 'topic', label: 'A topic' },
            { value: 'everyone', label: 'Everyone', disabled: !mayEveryone },
          ]}
        />
      </div>
      {value.kind === 'people' && (
        <UserPicker
          label="People"
          help="Found by id, name or e-mail."
          field={{ name, value: value.users, error, blur, change: (users) => set({ users }) }}
        />
      )}
      {value.kind === 'topic' && (
        <SelectField
          label="Topic"
          error={error}
          help={topics.length === 0 ? 'There is no topic yet.' : undefined}
          value={value.topic}
          onChange={(topic) => set({ topic })}
          options={[
            ...(value.topic === '' || !topics.some((one) => one.key === value.topic)
              ? [{ value: value.topic, label: value.topic === '' ? 'Choose a topic' : value.topic }]
              : []),
            ...topics.map((topic) => ({
              value: topic.key,
              label: topic.name ?? topic.key,
              note: `${topic.key} · ${topic.subscribers} subscribed`,
            })),
          ]}
        />
      )}
    </div>
  );
}
