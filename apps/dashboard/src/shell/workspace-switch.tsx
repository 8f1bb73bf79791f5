import { useNavigate } from '@tanstack/react-router';
import { ChevronsUpDown, Plus } from 'lucide-react';
import { session } from '../api/session.ts';
import { useMe } from '../session/use-session.ts';
import { Badge } from '../ui/badge.tsx';
import { Menu, MenuChoice, MenuGroup, MenuItem, MenuLine } from '../ui/menu.tsx';
import { say } from '../ui/toast.tsx';

export function WorkspaceSwitch() {
  const { data: me } = useMe();
  const navigate = useNavigate();
  const name = me?.workspace.name ?? '';

  async function enter(id: string, workspace: string): Promise<void> {
    try {
      await session.switchTo(id);
      await navigate({ to: '/' });
    } catch (error) {
      say(`${workspace} could not be opened: ${error instanceof Error ? error.message : 'unknown error'}`);
    }
  }

  return (
    <Menu
      className="w-(--anchor-width) min-w-56"
      trigger={
        <button
          type="button"
          className="flex h-10 w-full items-center gap-2.5 rounded-control px-1.5 text-left transition-colors duration-100 hover:bg-n4 data-popup-open:bg-n4"
        >
          <span className="sr-only">Workspace</span>
          <WorkspaceMark name={name} />
          <span className="min-w-0 flex-1 truncate font-semibold">
            {name || <span className="skeleton inline-block h-3 w-24 align-middle" />}
          </span>
          {me?.workspace.kind === 'sandbox' && <Badge tone="warning">Sandbox</Badge>}
          <ChevronsUpDown className="size-3.5 shrink-0 text-n10" aria-hidden />
        </button>
      }
    >
      <MenuGroup label="Workspaces">
        {me?.workspaces.map((workspace) => (
          <MenuChoice
            key={workspace.id}
            isChosen={workspace.id === me.workspace.id}
            onClick={() => workspace.id !== me.workspace.id && void enter(workspace.id, workspace.name)}
            note={workspace.kind === 'sandbox' ? <Badge tone="warning">Sandbox</Badge> : undefined}
          >
            {workspace.name}
          </MenuChoice>
        ))}
      </MenuGroup>
      <MenuLine />
      <MenuItem icon={Plus} onClick={() => void navigate({ to: '/workspaces/new' })}>
        New workspace
      </MenuItem>
    </Menu>
  );
}

export function WorkspaceMark({ name }: { name: string }) {
  return (
    <span
      aria-hidden
      className="flex size-6 shrink-0 items-center justify-center rounded-control bg-n12 text-12 font-semibold text-n1"
    >
      {[...name.trim()][0]?.toLocaleUpperCase() ?? ''}
    </span>
  );
}
