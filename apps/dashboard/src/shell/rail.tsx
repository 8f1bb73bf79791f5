import { Link } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { Kbd } from '../ui/badge.tsx';
import { AccountMenu } from './account-menu.tsx';
import { useSections } from './use-sections.ts';
import { WorkspaceSwitch } from './workspace-switch.tsx';

const MODIFIER = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';

/** Where one is, where one may go, and who one is. */
export function Rail({ onSearch, onNavigate }: { onSearch(): void; onNavigate?(): void }) {
  const groups = useSections();
  return (
    <div className="flex h-full flex-col bg-n2">
      <div className="flex flex-col gap-2 p-2">
        <WorkspaceSwitch />
        <button
          type="button"
          onClick={onSearch}
          className="flex h-8 w-full items-center gap-2 rounded-control border border-n7 bg-n1 px-2 text-n10 transition-colors duration-100 hover:border-n8 hover:text-n11 pointer-coarse:h-10"
        >
          <Search className="size-3.5" aria-hidden />
          <span className="flex-1 text-left">Search</span>
          <span className="flex gap-0.5 pointer-coarse:hidden" aria-hidden>
            <Kbd>{MODIFIER}</Kbd>
            <Kbd>K</Kbd>
          </span>
        </button>
      </div>
      <nav aria-label="Sections" className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-2 pt-1 pb-4">
        {groups.map((group) => (
          <div key={group.label ?? 'main'} className="flex flex-col gap-px">
            {group.label && <p className="px-2 pb-1 text-12 font-medium text-n10">{group.label}</p>}
            {group.sections.map(({ to, label, icon: Icon }) => (
              <Link
                key={to}
                to={to}
                {...(onNavigate ? { onClick: onNavigate } : {})}
                activeOptions={{ exact: to === '/', includeSearch: false }}
                className="group flex h-8 items-center gap-2.5 rounded-control px-2 font-medium text-n11 transition-colors duration-100 hover:bg-n4 hover:text-n12 data-[status=active]:bg-n5 data-[status=active]:text-n12 pointer-coarse:h-10"
              >
                <Icon
                  className="size-4 shrink-0 text-n10 group-data-[status=active]:text-n12"
                  strokeWidth={1.75}
                  aria-hidden
                />
                <span className="truncate">{label}</span>
              </Link>
            ))}
          </div>
        ))}
      </nav>
      <div className="border-t p-2">
        <AccountMenu />
      </div>
    </div>
  );
}
