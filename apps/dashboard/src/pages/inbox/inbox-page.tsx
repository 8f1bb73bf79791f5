import { Inbox } from '@pulsestack/react';
import { Page } from '../../shell/page.tsx';

/** The signed-in member's own inbox, by the component that products embed. */
export function InboxPage() {
  return (
    <Page title="Inbox" width="form">
      <div className="-mx-4 -my-5 min-h-[70dvh] overflow-hidden sm:m-0 sm:rounded-card sm:border">
        <Inbox />
      </div>
    </Page>
  );
}
