import type { CapRule } from '@pulsestack/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Gauge, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useCan } from '../../session/use-session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { MenuItem, RowMenu } from '../../ui/menu.tsx';
import { Empty, Failed, RowSkeletons } from '../../ui/states.tsx';
import { CapDialog } from './cap-dialog.tsx';
import { capSentence } from './cap-words.ts';
import { useCaps, useSaveCaps } from './use-preferences.ts';

const route = getRouteApi('/inside/preferences/caps');
const MAX = 20;

export function NewCap() {
  const can = useCan();
  const navigate = useNavigate();
  if (!can('preferences.write')) return null;
  return (
    <Button look="primary" onClick={() => void navigate({ to: '/preferences/caps', search: { panel: 'new' } })}>
      <Plus className="size-3.5" aria-hidden />
      New cap
    </Button>
  );
}

/** How many messages are enough. */
export function Caps() {
  const { panel, cap: key } = route.useSearch();
  const navigate = useNavigate();
  const mayWrite = useCan()('preferences.write');
  const { data: caps, error, refetch } = useCaps();
  const save = useSaveCaps();
  const [removing, setRemoving] = useState<CapRule | null>(null);
  const show = (next: string | undefined) =>
    void navigate({ to: '/preferences/caps', search: next === undefined ? {} : { cap: next } });
  if (error) return <Failed error={error} what="The caps" retry={() => void refetch()} />;
  if (!caps) return <RowSkeletons rows={3} />;
  const edited = caps.find((cap) => cap.key === key);
  return (
    <div className="flex max-w-[768px] flex-col gap-4">
      <p className="max-w-reading text-n11">
        A cap protects people from too much. When a place is free again, the most important message that waits takes it
        and the others join the digest, so that nobody is flooded in the morning. Critical messages pass every cap, and
        count.
      </p>
      {caps.length === 0 ? (
        <Empty icon={Gauge} title="No caps" action={<NewCap />}>
          Everyone gets everything that is sent, as often as it is sent.
        </Empty>
      ) : (
        <ul className="divide-y rounded-card border">
          {caps.map((cap) => (
            <li key={cap.key} className="flex items-start gap-3 px-4 py-3">
              <div className="min-w-0 flex-1">
                <p className="text-pretty">{capSentence(cap)}</p>
                <p className="mt-0.5 flex flex-wrap items-center gap-2 text-12 text-n10">
                  <code className="min-w-0 truncate">{cap.key}</code>
                  <Badge>{cap.beyond === 'wait' ? 'Most important first' : 'Skips'}</Badge>
                </p>
              </div>
              {mayWrite && (
                <RowMenu label={`Actions for ${cap.key}`}>
                  <MenuItem icon={Pencil} onClick={() => show(cap.key)}>
                    Edit
                  </MenuItem>
                  <MenuItem icon={Trash2} isDangerous onClick={() => setRemoving(cap)}>
                    Delete
                  </MenuItem>
                </RowMenu>
              )}
            </li>
          ))}
        </ul>
      )}
      {caps.length >= MAX && <p className="text-12 text-n10">There are {MAX} caps, and no workspace has more.</p>}
      {mayWrite && (edited || (panel === 'new' && caps.length < MAX)) && (
        <CapDialog
          key={edited?.key ?? 'new'}
          cap={edited ?? null}
          taken={caps.map((cap) => cap.key)}
          onClose={() => show(undefined)}
        />
      )}
      <Confirm
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        title="Delete this cap?"
        action="Delete cap"
        act={() => save.mutateAsync((now) => now.filter((cap) => cap.key !== removing?.key))}
      >
        {removing && capSentence(removing)} What it counted is forgotten, and what waits for a place is decided anew
        when its time comes.
      </Confirm>
    </div>
  );
}
