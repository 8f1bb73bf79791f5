import type { Permission } from '@pulsestack/core';
import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { Empty, RowSkeletons } from '../ui/states.tsx';
import { useMe } from './use-session.ts';

/** Shows what the member's role allows, and says in a sentence why where it does not. */
export function Needs({ permission, to, children }: { permission: Permission; to: string; children: ReactNode }) {
  const { data: me } = useMe();
  if (!me) return <RowSkeletons />;
  if (me.member.permissions.includes(permission)) return children;
  return (
    <Empty icon={Lock} title="Your role does not include this">
      To {to}, a role needs the permission <code>{permission}</code>. An owner or admin of {me.workspace.name} can give
      it to you.
    </Empty>
  );
}
