import type { NotificationStats } from '@pulsestack/core';

/** How many of how many have read it, with a line to compare at a glance. */
export function ReadShare({ stats }: { stats: NotificationStats }) {
  const share = stats.recipients === 0 ? 0 : Math.min(1, stats.read / stats.recipients);
  return (
    <span
      className="flex items-center gap-2 text-12 text-n11"
      title={`${stats.read} of ${stats.recipients} have read it`}
    >
      <span aria-hidden className="h-1 min-w-8 flex-1 overflow-hidden rounded-full bg-n5">
        <span className="block h-full rounded-full bg-n11" style={{ width: `${share * 100}%` }} />
      </span>
      <span className="tabular w-9 text-right">{Math.round(share * 100)}%</span>
      <span className="sr-only">have read it</span>
    </span>
  );
}
