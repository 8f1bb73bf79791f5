import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import type { LookKind } from './look-kinds.ts';
import { useNewLook } from './use-looks.ts';

interface NewLookProps {
  kind: LookKind;
  onClose(): void;
  onMade(key: string): void;
}

export function NewLook({ kind, onClose, onMade }: NewLookProps) {
  const form = useNewLook(kind, onMade);
  const isLayout = kind.what === 'layout';
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`New ${kind.what}`}
      description={kind.help}
      onSubmit={form.submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={form.isBusy}>
            Create {kind.what}
          </Button>
        </>
      }
    >
      <TextField
        label="Key"
        isMono
        autoComplete="off"
        placeholder={isLayout ? 'default' : 'signature'}
        help={
          isLayout ? 'What templates call it. "default" frames every mail that names none.' : 'What templates call it.'
        }
        field={form.bind('key')}
      />
      <TextField label="Name" isOptional autoComplete="off" maxLength={120} field={form.bind('name')} />
      {form.problem && <Problem error={form.problem} />}
    </Dialog>
  );
}
