import { useNavigate } from '@tanstack/react-router';
import { LogOut, Monitor, Moon, Settings, Sun } from 'lucide-react';
import { session } from '../api/session.ts';
import { useTheme } from '../session/theme.ts';
import { useMe } from '../session/use-session.ts';
import { Avatar } from '../ui/badge.tsx';
import { Menu, MenuChoice, MenuGroup, MenuItem, MenuLine } from '../ui/menu.tsx';

const themes = [
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
  { value: 'system', label: 'As the system', icon: Monitor },
] as const;

export function AccountMenu() {
  const { data: me } = useMe();
  const [theme, setTheme] = useTheme();
  const navigate = useNavigate();
  return (
    <Menu
      className="w-(--anchor-width) min-w-56"
      trigger={
        <button
          type="button"
          className="flex h-10 w-full items-center gap-2.5 rounded-control px-1.5 text-left transition-colors duration-100 hover:bg-n4 data-popup-open:bg-n4"
        >
          <Avatar name={me?.account.name ?? ''} />
          <span className="sr-only">Account</span>
          <span className="min-w-0 flex-1 leading-tight">
            <span className="block truncate font-medium">{me?.account.name}</span>
            <span className="block truncate text-12 text-n10">{me?.account.email}</span>
          </span>
        </button>
      }
    >
      <MenuGroup label="Theme">
        {themes.map(({ value, label, icon: Icon }) => (
          <MenuChoice
            key={value}
            keepsOpen
            isChosen={theme === value}
            onClick={() => setTheme(value)}
            note={<Icon className="size-4 text-n10" aria-hidden />}
          >
            {label}
          </MenuChoice>
        ))}
      </MenuGroup>
      <MenuLine />
      <MenuItem icon={Settings} onClick={() => void navigate({ to: '/settings', search: { tab: 'profile' } })}>
        Profile and sessions
      </MenuItem>
      <MenuItem icon={LogOut} onClick={() => void session.signOut()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
