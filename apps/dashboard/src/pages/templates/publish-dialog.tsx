import type { TemplateDetail } from '@pulsestack/core';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { Changes } from './changes.tsx';
import { usePublish } from './use-templates.ts';

export function PublishDialog({ template, onClose }: { template: TemplateDetail; onClose(): void }) {
  const form = usePublish(template.key, onClose);
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={template.published ? `Publish version ${template.published.version + 1}` : 'Publish'}
      description="Messages that are made from now on say this."
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
      {template.published && <Changes templateKey={template.key} from="published" to="draft" />}
      <TextField label="What is new" isOptional maxLength={200} autoComplete="off" field={form.bind('note')} />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
