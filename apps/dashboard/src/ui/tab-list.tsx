import { Tabs } from '@base-ui/react/tabs';
import { Count } from './time.tsx';

export interface TabItem {
  value: string;
  label: string;
  count?: number;
}

export function TabList({ label, tabs }: { label: string; tabs: readonly TabItem[] }) {
  return (
    <Tabs.List aria-label={label} className="relative flex gap-5 overflow-x-auto border-b">
      {tabs.map((tab) => (
        <Tabs.Tab
          key={tab.value}
          value={tab.value}
          className="flex h-9 shrink-0 items-center gap-1.5 font-medium whitespace-nowrap text-n10 -outline-offset-2 hover:text-n12 data-active:text-n12 pointer-coarse:h-11"
        >
          {tab.label}
          {tab.count !== undefined && (
            <span className="text-12 text-n10">
              <Count value={tab.count} />
            </span>
          )}
        </Tabs.Tab>
      ))}
      <Tabs.Indicator className="absolute bottom-0 left-0 h-[2px] w-(--active-tab-width) translate-x-(--active-tab-left) bg-n12 transition-[translate,width] duration-150" />
    </Tabs.List>
  );
}
