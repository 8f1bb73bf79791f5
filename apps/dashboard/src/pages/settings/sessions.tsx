import { Monitor, Smartphone } from 'lucide-react';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Failed, RowSkeletons } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { useSessions } from './use-settings.ts';

export function Sessions() {
  const { list, end } = useSessions();
  if (list.error) return <Failed error={list.error} what="The sessions" retry={() => void list.refetch()} />;
  if (list.isPending) return <RowSkeletons rows={3} />;
  const others = list.data.items.filter((session) => !session.current);
  return (
    <div className="flex flex-col gap-4 pt-2">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-reading text-n11">
          Where you are signed in. A session you do not know is a reason to end it and to change your password.
        </p>
        {others.length > 0 && (
          <Button isBusy={end.isPending && end.variables === 'others'} onClick={() => end.mutate('others')}>
            End all others
          </Button>
        )}
      </div>
      <ul className="rounded-card border">
        {list.data.items.map((session) => {
          const device = describe(session.userAgent);
          const Icon = device.isPhone ? Smartphone : Monitor;
          return (
            <li
              key={session.id}
              className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b px-4 py-3 last:border-b-0"
            >
              <Icon className="size-5 shrink-0 text-n10" strokeWidth={1.6} aria-hidden />
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-2">
                  <span className="truncate font-medium">{device.name}</span>
                  {session.current && <Badge tone="success">This one</Badge>}
                </p>
                <p className="text-12 text-n10">
                  {session.ip ?? 'unknown address'} · last used <Time at={session.lastUsedAt} /> · since{' '}
                  <Time at={session.createdAt} />
                </p>
              </div>
              {!session.current && (
                <Button
                  size="small"
                  isBusy={end.isPending && end.variables === session.id}
                  onClick={() => end.mutate(session.id)}
                >
                  End
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Mac OS X/, 'macOS'],
  [/Windows/, 'Windows'],
  [/Linux/, 'Linux'],
];

function describe(userAgent: string | null): { name: string; isPhone: boolean } {
  const text = userAgent ?? '';
  const browser = BROWSERS.find(([sign]) => sign.test(text))?.[1];
  const system = SYSTEMS.find(([sign]) => sign.test(text))?.[1];
  return {
    name: browser && system ? `${browser} on ${system}` : text === '' ? 'Unknown device' : text.slice(0, 60),
    isPhone: /iPhone|Android/.test(text),
  };
}
