import type { WorkflowDefinition } from '@pulsestack/core';
import { Notice } from '../../ui/notice.tsx';
import { PRIORITY_OPTIONS } from '../notifications/words.ts';
import { CheckInput, ChoiceInput, JsonInput, TextInput } from './inputs.tsx';
import { withoutStep } from './step-card.tsx';
import type { Editor } from './use-editor.ts';

/** What concerns the workflow as a whole. */
export function WorkflowForm({ editor }: { editor: Editor }) {
  const { definition, problems } = editor;
  const set = (change: Partial<WorkflowDefinition>, about: string) =>
    editor.change({ ...definition, ...change }, about);
  const errorAt = (name: string) => {
    const found = problems.find(({ field }) => field === `/${name}` || field.startsWith(`/${name}/`));
    return found && withoutStep(found.message);
  };
  const general = problems.filter(({ field }) => field === '/steps' || field === '' || field === '/');
  return (
    <section aria-label="Form of the workflow" className="flex flex-col gap-5">
      <div className="max-lg:hidden">
        <h2 className="text-14">About this workflow</h2>
        <p className="text-12 text-n10">Choose a step to write on it.</p>
      </div>
      {general.map(({ message }) => (
        <Notice key={message} tone="danger">
          {withoutStep(message)}
        </Notice>
      ))}
      <fieldset disabled={editor.isReadOnly} className="contents">
        <TextInput
          label="Name"
          value={definition.name}
          error={errorAt('name')}
          onChange={(name) => set({ name: name ?? '' }, 'name')}
        />
        <TextInput
          label="Description"
          isOptional
          lines={3}
          value={definition.description}
          error={errorAt('description')}
          onChange={(description) => {
            const { description: _before, ...rest } = definition;
            editor.change(description === undefined ? rest : { ...definition, description }, 'description');
          }}
        />
        <TextInput
          label="Category"
          help="Users choose by category what reaches them."
          value={definition.category}
          error={errorAt('category')}
          onChange={(category) => set({ category: category ?? '' }, 'category')}
        />
        <ChoiceInput
          label="Priority"
          value={definition.priority}
          options={PRIORITY_OPTIONS}
          error={errorAt('priority')}
          onChange={(priority) => set({ priority }, 'priority')}
        />
        <CheckInput
          label="Critical"
          help="Passes preferences, caps and quiet hours: for what people wait for, such as a password reset."
          value={definition.critical}
          onChange={(critical) => set({ critical }, 'critical')}
        />
        <TextInput
          label="Tags"
          isOptional
          help="With commas between"
          value={definition.tags.join(', ')}
          error={errorAt('tags')}
          onChange={(typed) =>
            set(
              {
                tags: (typed ?? '')
                  .split(/[,\s]+/)
                  .map((tag) => tag.trim())
                  .filter(Boolean),
              },
              'tags',
            )
          }
        />
        <JsonInput
          label="Schema of the payload"
          isOptional
          help="JSON Schema. A trigger that does not fit is refused; defaults are filled in."
          value={definition.payload}
          error={errorAt('payload')}
          onChange={(payload) => {
            const { payload: _before, ...rest } = definition;
            editor.change(
              payload === undefined
                ? rest
                : { ...definition, payload: payload as NonNullable<WorkflowDefinition['payload']> },
              'payload',
            );
          }}
        />
      </fieldset>
    </section>
  );
}
