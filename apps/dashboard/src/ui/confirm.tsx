import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { controlClass, Field } from './field.tsx';
import { Problem } from './notice.tsx';

interface ConfirmProps {
  isOpen: boolean;
  onClose(): void;
  title: string;
  /** What happens, and what cannot be taken back. */
  children: ReactNode;
  /** The button, as a verb with its object. */
  action: string;
  /** Must be typed before the button acts. */
  name?: string;
  isDangerous?: boolean;
  act(): Promise<unknown>;
}

/** Asks before something that cannot be undone; asks for the name where a slip would be dear. */
export function Confirm(props: ConfirmProps) {
  return props.isOpen ? <OpenConfirm {...props} /> : null;
}

function OpenConfirm({ onClose, title, children, action, name, isDangerous = true, act }: ConfirmProps) {
  const [typed, setTyped] = useState('');
  const acting = useMutation({ mutationFn: act, onSuccess: onClose });
  const isNamed = name === undefined || typed.trim() === name.trim();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      description={children}
      onSubmit={(event) => {
        event.preventDefault();
        if (isNamed) acting.mutate();
      }}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look={isDangerous ? 'danger' : 'primary'} disabled={!isNamed} isBusy={acting.isPending}>
            {action}
          </Button>
        </>
      }
    >
      {(name !== undefined || acting.error) && (
        <>
          {name !== undefined && (
            <Field
              label={
                <span className="font-normal">
                  Type <strong className="font-semibold break-words">{name.trim()}</strong> to confirm
                </span>
              }
            >
              {(ids) => (
                <input
                  {...ids}
                  autoFocus
                  autoComplete="off"
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                  className={`${controlClass} h-8`}
                />
              )}
            </Field>
          )}
          {acting.error && <Problem error={acting.error} />}
        </>
      )}
    </Dialog>
  );
}
