import type { User } from '@pulsestack/core';
import { useCan } from '../../session/use-session.ts';
import { Avatar } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Time } from '../../ui/time.tsx';
import { Fact, Mono } from '../notifications/facts.tsx';
import { usePresence } from './use-users.ts';
import { Online } from './user-streams.tsx';
import { UserTopics } from './user-topics.tsx';

/** Who it is, and what they are subscribed to. */
export function UserOverview({ user, onEdit }: { user: User; onEdit(): void }) {
  const can = useCan();
  const presence = usePresence(user.id);
  return (
    <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]">
      <section aria-label="About" className="flex min-w-0 flex-col gap-6">
        <div className="flex items-center gap-3.5">
          <Avatar name={user.name ?? user.id} src={user.avatarUrl} size={44} />
          <div className="min-w-0">
            <p className="truncate text-16 font-semibold tracking-tight">{user.name ?? user.id}</p>
            <Mono text={user.id} label="Copy id" />
          </div>
        </div>
        <dl className="grid grid-cols-[112px_minmax(0,1fr)] gap-y-2.5">
          <Fact name="E-mail">{user.email ?? <None />}</Fact>
          <Fact name="Phone">{user.phone ?? <None />}</Fact>
          <Fact name="Language">{user.locale ?? <None />}</Fact>
          <Fact name="Time zone">{user.timeZone ?? <None />}</Fact>
          {presence.data && (
            <Fact name="Now">
              <Online presence={presence.data} />
            </Fact>
          )}
          <Fact name="Since">
            <Time at={user.createdAt} isExact />
          </Fact>
          <Fact name="Changed">
            <Time at={user.updatedAt} />
          </Fact>
        </dl>
        <div className="flex flex-col gap-2">
          <div className="flex h-7 items-center justify-between">
            <h2 className="text-14">Attributes</h2>
            {can('users.write') && (
              <Button size="small" look="ghost" onClick={onEdit}>
                Edit
              </Button>
            )}
          </div>
          {Object.keys(user.attributes).length === 0 ? (
            <p className="text-n10">None. They carry what your rules ask for later: plan, role, country.</p>
          ) : (
            <pre className="max-h-80 overflow-auto rounded-card border bg-n2 p-3" tabIndex={0} aria-label="Attributes">
              {JSON.stringify(user.attributes, null, 2)}
            </pre>
          )}
        </div>
      </section>
      {can('topics.read') && <UserTopics id={user.id} />}
    </div>
  );
}

function None() {
  return <span className="text-n10">–</span>;
}
