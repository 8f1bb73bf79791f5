import { useConnection } from '@pulsestack/react';
import { clsx } from 'clsx';

const words = {
  live: { label: 'Live', dot: 'bg-success-text' },
  connecting: { label: 'Connecting', dot: 'bg-n9' },
  offline: { label: 'Offline, trying again', dot: 'bg-warning-text' },
};

/** Whether arrivals would be seen now. */
export function ConnectionState() {
  const state = useConnection();
  const { label, dot } = words[state];
  return (
    <span role="status" className="flex items-center gap-2 text-12 font-medium text-n11">
      <span aria-hidden className={clsx('size-2 rounded-full', dot)} />
      {label}
    </span>
  );
}
