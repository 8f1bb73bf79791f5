import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { SelectField } from '../../ui/select.tsx';
import { Time } from '../../ui/time.tsx';
import { usePreferenceLink } from './use-user-preferences.ts';

const LIVES = [
  { value: '1', label: 'An hour' },
  { value: '72', label: 'Three days' },
  { value: '720', label: 'Thirty days' },
];

/** A signed link to the preference page of a user, to be sent to that user. */
export function LinkDialog({ id, onClose }: { id: string; onClose(): void }) {
  const [hours, setHours] = useState('72');
  const making = usePreferenceLink(id);
  const link = making.data;
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title="Link to the preference page"
      description="Whoever has it can change these preferences without signing in. Send it to the user and to nobody else."
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate(Number(hours));
      }}
      footer={
        <>
          <Button onClick={onClose}>{link ? 'Done' : 'Cancel'}</Button>
          {!link && (
            <Button type="submit" look="primary" isBusy={making.isPending}>
              Make the link
            </Button>
          )}
        </>
      }
    >
      {link ? (
        <>
          <div className="flex items-center gap-2 rounded-control border bg-n2 py-1 pr-1 pl-3">
            <code className="min-w-0 flex-1 truncate">{link.url}</code>
            <Copy text={link.url} label="Copy link" />
          </div>
          <Notice>
            It ends <Time at={link.expiresAt} isExact />. It is shown only now.
          </Notice>
        </>
      ) : (
        <SelectField label="Good for" options={LIVES} value={hours} onChange={setHours} />
      )}
      {making.error && <Problem error={making.error} />}
    </Dialog>
  );
}
