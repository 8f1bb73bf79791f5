import { getRouteApi, Link } from '@tanstack/react-router';
import { buttonClass } from '../../ui/button.tsx';
import { Notice, Problem } from '../../ui/notice.tsx';
import { BlockSkeleton } from '../../ui/states.tsx';
import { Frame } from './frame.tsx';
import { useVerification } from './use-entry.ts';

const route = getRouteApi('/outside/verify-email');

export function VerifyEmailPage() {
  const { token } = route.useSearch();
  const verification = useVerification(token);
  return (
    <Frame title="Confirm your address">
      <div className="flex flex-col gap-4">
        {token === undefined ? (
          <Notice tone="warning">This address carries no token. Open the link in the mail.</Notice>
        ) : verification.isPending ? (
          <BlockSkeleton lines={2} />
        ) : verification.error ? (
          <Problem error={verification.error} />
        ) : (
          <Notice tone="success">Thank you. Your address is confirmed.</Notice>
        )}
        <Link to="/" className={buttonClass('primary', 'large')}>
          Go to the dashboard
        </Link>
      </div>
    </Frame>
  );
}
