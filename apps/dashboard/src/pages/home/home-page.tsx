import { Link } from '@tanstack/react-router';
import { ArrowUpRight, Send } from 'lucide-react';
import type { ReactNode } from 'react';
import { useShownKey, useSnippets } from '../../session/snippets.ts';
import { useCan, useMe } from '../../session/use-session.ts';
import { Page } from '../../shell/page.tsx';
import { VerifyBanner } from '../../shell/verify-banner.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { linkClass } from '../account/frame.tsx';
import { Newest } from './newest.tsx';

export function HomePage() {
  const { data: me } = useMe();
  const can = useCan();
  return (
    <Page
      title="Home"
      width="medium"
      action={
        can('notifications.create') ? (
          <Link to="/publish" className={buttonClass('primary')}>
            <Send className="size-3.5" aria-hidden />
            Publish
          </Link>
        ) : undefined
      }
    >
      <div className="flex flex-col gap-8">
        <VerifyBanner />
        <div>
          <h2 className="text-20">{me ? `Welcome, ${me.account.name}` : ' '}</h2>
          <p className="mt-1 max-w-reading text-n11">
            Send a notification by one call, watch it arrive in the bell, and see who has read it.
          </p>
        </div>
        <GettingStarted />
        {can('notifications.read') && <Newest />}
      </div>
    </Page>
  );
}

function GettingStarted() {
  const { isReal } = useShownKey();
  const can = useCan();
  const snippets = useSnippets({
    path: '/v1/notify',
    body: { to: 'ada', title: 'Hi', body: 'It **works**' },
    sdk: "notify({ to: 'ada', title: 'Hi', body: 'It **works**' })",
  });
  return (
    <section
      aria-labelledby="start"
      className="grid gap-x-8 gap-y-4 rounded-card border p-5 md:grid-cols-[minmax(0,5fr)_minmax(0,7fr)]"
    >
      <div className="flex flex-col gap-4">
        <h3 id="start" className="text-14">
          The first notification
        </h3>
        <ol className="flex flex-col gap-3.5">
          <Step number={1} title="Take a key">
            {isReal ? (
              'The development key of this server is filled in.'
            ) : can('keys.manage') ? (
              <>
                <Link to="/api-keys" search={{ panel: 'new' }} className={linkClass}>
                  Create an API key
                </Link>{' '}
                and put it in the place of <code>sk_your_key</code>.
              </>
            ) : (
              'Ask an owner or admin of this workspace for an API key.'
            )}
          </Step>
          <Step number={2} title="Send">
            Paste the call. A user that is not known yet, such as <code>ada</code>, is made on the way.
          </Step>
          <Step number={3} title="See it arrive">
            {isReal ? (
              <>
                Open{' '}
                <Link to="/live" search={{ user: 'ada' }} target="_blank" className={linkClass}>
                  Ada’s bell
                  <ArrowUpRight className="inline size-3.5 align-[-2px]" aria-hidden />
                </Link>{' '}
                beside this window.
              </>
            ) : (
              'The bell of that user shows it at once, and Notifications shows who has seen it.'
            )}
          </Step>
        </ol>
      </div>
      <Code snippets={snippets} label="Send a notification" />
    </section>
  );
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <li className="flex gap-3">
      <span
        aria-hidden
        className="tabular flex size-5 shrink-0 items-center justify-center rounded-full border border-n7 text-12 font-medium text-n11"
      >
        {number}
      </span>
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        <p className="text-n11">{children}</p>
      </div>
    </li>
  );
}
