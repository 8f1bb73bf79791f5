import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { type RunFilter, useCancelMany } from './use-runs.ts';

/** Cancels by what runs have in common, also those that are not on the screen. */
export function CancelDialog({ filter, onClose }: { filter: RunFilter; onClose(): void }) {
  const form = useCancelMany(filter, onClose);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Cancel every run that fits"
      description="What is filled in counts together. What they have not sent yet is not sent; this cannot be taken back."
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Keep them</Button>
          <Button type="submit" look="danger" isBusy={form.isBusy}>
            Cancel them all
          </Button>
        </>
      }
    >
      <TextField label="Workflow" isOptional isMono autoComplete="off" field={form.bind('workflow')} />
      <TextField label="Id of a user" isOptional isMono autoComplete="off" field={form.bind('user')} />
      <TextField
        label="Cancel key"
        isOptional
        isMono
        autoComplete="off"
        help="What the event said as cancelKey, such as order-17"
        field={form.bind('key')}
      />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
