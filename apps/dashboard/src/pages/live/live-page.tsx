import { PulseStackProvider } from '@pulsestack/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useDevelopmentKey } from '../../session/use-session.ts';
import { useTitle } from '../../shell/page.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { BlockSkeleton } from '../../ui/states.tsx';
import { Frame } from '../account/frame.tsx';
import { LiveBoard } from './live-board.tsx';
import { useUserTokens } from './use-live.ts';

const route = getRouteApi('/outside/live');

/** One user's bell and inbox beside the call that rings it: the first thing a newcomer looks at. */
export function LivePage() {
  const { user = 'ada' } = route.useSearch();
  const key = useDevelopmentKey();
  if (key === undefined) {
    return (
      <div className="mx-auto max-w-[1200px] px-6 py-16">
        <BlockSkeleton lines={6} />
      </div>
    );
  }
  return key === null ? <NotHere /> : <Live key={user} user={user} apiKey={key.key} />;
}

function Live({ user, apiKey }: { user: string; apiKey: string }) {
  const token = useUserTokens(user);
  useTitle(`${user}’s bell`);
  return (
    <PulseStackProvider token={token}>
      <LiveBoard user={user} apiKey={apiKey} />
    </PulseStackProvider>
  );
}

function NotHere() {
  return (
    <Frame title="The live page" lead="It shows one user’s bell beside the call that rings it, without signing in.">
      <div className="flex flex-col gap-4">
        <p>
          That is a convenience of development, so this server does not offer it: it runs in production, or is reached
          from another machine. Sign in to send, and to see your own bell.
        </p>
        <Link to="/sign-in" className={buttonClass('primary', 'large')}>
          Sign in
        </Link>
      </div>
    </Frame>
  );
}
