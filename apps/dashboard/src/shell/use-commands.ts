import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { KeyRound, LogOut, type LucideIcon, Moon, Plus, Sun, User as UserIcon, UserPlus } from 'lucide-react';
import { audience } from '../api/audience.ts';
import { session } from '../api/session.ts';
import { useTheme } from '../session/theme.ts';
import { useCan, useMe } from '../session/use-session.ts';
import { useSections } from './use-sections.ts';

export interface Command {
  value: string;
  label: string;
  note?: string;
  words?: string;
  icon: LucideIcon;
  run(): void;
}

export interface CommandGroup {
  value: string;
  items: Command[];
}

/** Everything the palette can do for what was typed: pages, actions, workspaces, and people found by the server. */
export function useCommands(typed: string, isOpen: boolean): CommandGroup[] {
  const navigate = useNavigate();
  const can = useCan();
  const { data: me } = useMe();
  const [theme, setTheme] = useTheme();
  const sections = useSections();
  const words = typed.trim();
  const { data: found } = useQuery({
    queryKey: ['users', 'palette', words],
    queryFn: () => audience.users({ q: words, limit: 6 }),
    enabled: isOpen && words !== '' && can('users.read'),
    placeholderData: (before) => before,
  });

  const go =
    (to: string, search: Record<string, unknown> = {}) =>
    () =>
      void navigate({ to, search });
  const pages: Command[] = sections
    .flatMap((group) => group.sections)
    .map((section) => ({
      value: section.to,
      label: section.label,
      icon: section.icon,
      run: go(section.to),
      ...(section.words ? { words: section.words } : {}),
    }));
  const actions: Command[] = [
    ...(can('workflows.write')
      ? [
          {
            value: 'new-workflow',
            label: 'New workflow',
            icon: Plus,
            words: 'ready-made gallery',
            run: go('/workflows/new'),
          },
        ]
      : []),
    ...(can('users.write')
      ? [{ value: 'new-user', label: 'Add a user', icon: UserPlus, run: go('/users', { panel: 'new' }) }]
      : []),
    ...(can('members.manage')
      ? [{ value: 'invite', label: 'Invite a member', icon: UserPlus, run: go('/members', { panel: 'invite' }) }]
      : []),
    ...(can('keys.manage')
      ? [{ value: 'new-key', label: 'Create an API key', icon: KeyRound, run: go('/api-keys', { panel: 'new' }) }]
      : []),
    { value: 'new-workspace', label: 'New workspace', icon: Plus, run: go('/workspaces/new') },
    {
      value: 'theme',
      label: theme === 'dark' ? 'Use the light theme' : 'Use the dark theme',
      words: 'appearance',
      icon: theme === 'dark' ? Sun : Moon,
      run: () => setTheme(theme === 'dark' ? 'light' : 'dark'),
    },
    { value: 'sign-out', label: 'Sign out', icon: LogOut, run: () => void session.signOut() },
  ];
  const workspaces: Command[] = (me?.workspaces ?? [])
    .filter((workspace) => workspace.id !== me?.workspace.id)
    .map((workspace) => ({
      value: workspace.id,
      label: `Switch to ${workspace.name}`,
      icon: Plus,
      words: 'workspace',
      run: () => void session.switchTo(workspace.id).then(go('/')),
    }));
  const people: Command[] = (words === '' ? [] : (found?.items ?? [])).map((user) => ({
    value: `user ${user.id}`,
    label: user.name ?? user.id,
    note: user.email ?? user.id,
    icon: UserIcon,
    run: () => void navigate({ to: '/users/$id', params: { id: user.id } }),
  }));

  return [
    { value: 'Pages', items: pages.filter(fits(words)) },
    { value: 'Users', items: people },
    { value: 'Actions', items: [...actions, ...workspaces].filter(fits(words)) },
  ].filter((group) => group.items.length > 0);
}

/** Whether each typed part begins a word of the command. */
function fits(typed: string): (command: Command) => boolean {
  const parts = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return (command) => {
    const words = `${command.label} ${command.words ?? ''}`.toLocaleLowerCase().split(/\s+/);
    return parts.every((part) => words.some((word) => word.startsWith(part)));
  };
}
