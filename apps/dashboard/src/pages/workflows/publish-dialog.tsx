import type { Workflow } from '@pulsestack/core';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { ChangeList } from './change-list.tsx';
import { useDiff, usePublish } from './use-workflows.ts';

export function PublishDialog({ workflow, onClose }: { workflow: Workflow; onClose(): void }) {
  const form = usePublish(workflow.key, onClose);
  const { data, error, refetch, isFetching } = useDiff(workflow.key, {});
  const isNew = workflow.version === null;
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={isNew ? `Publish ${workflow.name}` : `Publish a new version of ${workflow.name}`}
      description="Runs that begin from now on go by it. Those under way stay on their version."
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            Publish
          </Button>
        </>
      }
    >
      {workflow.status === 'off' && (
        <Notice tone="warning">The workflow is off. What is published starts nothing before it is switched on.</Notice>
      )}
      {isNew ? (
        <p className="text-n11">
          It is the first version.{' '}
          {workflow.draft.trigger.event === undefined ? (
            'It starts when it is called by its key.'
          ) : (
            <>
              It starts with each <code>{workflow.draft.trigger.event}</code>.
            </>
          )}
        </p>
      ) : error ? (
        <Failed error={error} what="The difference" retry={() => void refetch()} />
      ) : data && !isFetching ? (
        <ChangeList changes={data.changes} />
      ) : (
        <BlockSkeleton />
      )}
      <TextField label="What is new" isOptional maxLength={500} autoComplete="off" field={form.bind('note')} />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
