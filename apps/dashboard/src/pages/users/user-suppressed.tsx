import type { Suppression, User } from '@pulsestack/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '../../session/use-session.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Time } from '../../ui/time.tsx';
import { channelName } from '../messages/words.ts';
import { useRemove } from '../suppressions/use-suppressions.ts';
import { REASONS } from '../suppressions/words.ts';
import { useSuppressedAddresses } from './use-users.ts';

/** Says when an address of a user is never written to: the first thing to know when a message is missing. */
export function UserSuppressed({ user }: { user: User }) {
  const can = useCan();
  const found = useSuppressedAddresses(user, can('suppressions.manage'));
  if (found.length === 0) return null;
  return (
    <div className="mb-5 flex flex-col gap-2">
      {found.map((one) => (
        <Suppressed key={`${one.channel} ${one.address}`} one={one} />
      ))}
    </div>
  );
}

function Suppressed({ one }: { one: Suppression }) {
  const [isAsking, setAsking] = useState(false);
  const remove = useRemove();
  return (
    <Notice
      tone="warning"
      action={
        <Button size="small" onClick={() => setAsking(true)}>
          Take off the list
        </Button>
      }
    >
      <Link to="/suppressions" search={{ q: one.address }} className="font-medium underline underline-offset-2">
        {one.address}
      </Link>{' '}
      gets no {channelName(one.channel)}: {REASONS[one.reason].note.toLowerCase()} (<Time at={one.createdAt} />
      ).
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Write to ${one.address} again?`}
        action="Take off the list"
        act={() => remove.mutateAsync([one])}
      >
        {one.reason === 'complained'
          ? 'The person complained. Writing again harms your name with mail providers; do it only when the person has asked for it.'
          : 'If it bounces again, it comes back onto the list by itself.'}
      </Confirm>
    </Notice>
  );
}
