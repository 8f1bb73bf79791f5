import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { useHookForm } from './use-hooks.ts';

/** Makes an address for one event; it is told once, because whoever knows it can post. */
export function HookDialog({ event, onClose }: { event: string; onClose(): void }) {
  const { form, made } = useHookForm(event);
  if (made !== null)
    return (
      <Dialog
        isOpen
        isWide
        onClose={onClose}
        title="The address is made"
        footer={
          <Button look="primary" onClick={onClose}>
            I have copied it
          </Button>
        }
      >
        <Notice tone="warning">It is shown only now. Whoever knows it can post, so keep it like a password.</Notice>
        <p className="flex items-center gap-2 rounded-control border bg-n2 p-3">
          <code className="min-w-0 flex-1 break-all">{made}</code>
          <Copy text={made} label="Copy address" />
        </p>
      </Dialog>
    );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Make an address"
      description={
        <>
          What is posted to it becomes <code>{event}</code>, with the body as its payload.
        </>
      }
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            Make address
          </Button>
        </>
      }
    >
      <TextField label="Name" autoComplete="off" placeholder="Shop" field={form.bind('name')} />
      <TextField
        label="Where the id of the user is"
        isMono
        autoComplete="off"
        help="In what is posted: body.user.id"
        field={form.bind('to')}
      />
      <TextField
        label="Shared secret"
        isOptional
        type="password"
        autoComplete="new-password"
        help="With it, requests must be signed as Standard Webhooks."
        field={form.bind('secret')}
      />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
