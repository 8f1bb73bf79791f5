import type { ReactNode } from 'react';

export const BellIcon = () => (
  <Icon>
    <path d="M5.2 8.4a4.8 4.8 0 0 1 9.6 0c0 4.2 1.7 5.4 1.7 5.4h-13s1.7-1.2 1.7-5.4" />
    <path d="M8.5 16.4a1.7 1.7 0 0 0 3 0" />
  </Icon>
);
export const ReadIcon = () => (
  <Icon>
    <path d="m4.5 10.5 3.6 3.6 7.4-8" />
  </Icon>
);
export const UnreadIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="5.5" />
    <circle cx="10" cy="10" r="2" fill="currentColor" stroke="none" />
  </Icon>
);
export const ReadAllIcon = () => (
  <Icon>
    <path d="m2 10.8 3.2 3.2 6.4-7.2M9.4 13.2l1 .9 7.2-7.8" />
  </Icon>
);
export const ArchiveIcon = () => (
  <Icon>
    <rect x="3" y="4" width="14" height="3.6" rx="1" />
    <path d="M4.3 7.6v6.9a1.5 1.5 0 0 0 1.5 1.5h8.4a1.5 1.5 0 0 0 1.5-1.5V7.6M8.2 10.6h3.6" />
  </Icon>
);
export const InboxIcon = () => (
  <Icon>
    <path d="M3 11.2 5.2 5a1.4 1.4 0 0 1 1.3-1h7a1.4 1.4 0 0 1 1.3 1l2.2 6.2v3.4a1.4 1.4 0 0 1-1.4 1.4H4.4A1.4 1.4 0 0 1 3 14.6z" />
    <path d="M3 11.2h3.8l1.2 2h4l1.2-2H17" />
  </Icon>
);
export const ClockIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.6" />
    <path d="M10 6.4V10l2.4 1.5" />
  </Icon>
);
export const TrashIcon = () => (
  <Icon>
    <path d="M3.8 5.6h12.4M8 5.4V4.2a.9.9 0 0 1 .9-.9h2.2a.9.9 0 0 1 .9.9v1.2M5.4 5.8l.6 9a1.6 1.6 0 0 0 1.6 1.5h4.8a1.6 1.6 0 0 0 1.6-1.5l.6-9" />
  </Icon>
);
export const MoreIcon = () => (
  <Icon>
    <g fill="currentColor" stroke="none">
      <circle cx="4.8" cy="10" r="1.3" />
      <circle cx="10" cy="10" r="1.3" />
      <circle cx="15.2" cy="10" r="1.3" />
    </g>
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m5.5 5.5 9 9m0-9-9 9" />
  </Icon>
);
export const SearchIcon = () => (
  <Icon>
    <circle cx="9" cy="9" r="5" />
    <path d="m12.8 12.8 3.6 3.6" />
  </Icon>
);
export const ArrowUpIcon = () => (
  <Icon>
    <path d="M10 15.5v-11m-4.5 4.4L10 4.5l4.5 4.4" />
  </Icon>
);
export const SoundOnIcon = () => (
  <Icon>
    <path d="M9.4 4.6 6.2 7.4H3.6v5.2h2.6l3.2 2.8zM12.4 7.6a3.4 3.4 0 0 1 0 4.8M14.6 5.6a6.2 6.2 0 0 1 0 8.8" />
  </Icon>
);
export const SoundOffIcon = () => (
  <Icon>
    <path d="M9.4 4.6 6.2 7.4H3.6v5.2h2.6l3.2 2.8zM13 8l4 4m0-4-4 4" />
  </Icon>
);

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      className="ps-icon"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}
