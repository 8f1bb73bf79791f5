import { Link } from '@tanstack/react-router';
import { Button, buttonClass } from '../ui/button.tsx';
import { RequestId } from '../ui/notice.tsx';
import { useTitle } from './page.tsx';

export function Missing() {
  useTitle('Not found');
  return (
    <div className="flex min-h-[70dvh] flex-col items-center justify-center gap-1 px-4 text-center">
      <h1 className="text-20">There is nothing at this address</h1>
      <p className="text-n11">It may have been deleted, or it belongs to another workspace.</p>
      <Link to="/" className={`${buttonClass()} mt-4`}>
        Go home
      </Link>
    </div>
  );
}

export function Crashed({ error: thrown }: { error: unknown }) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  useTitle('Something failed');
  return (
    <main
      role="alert"
      className="mx-auto flex min-h-[70dvh] max-w-[480px] flex-col items-center justify-center gap-1 px-4 text-center"
    >
      <h1 className="text-20">This page could not be shown</h1>
      <p className="text-n11">{error.message}</p>
      <RequestId error={error} />
      <Button className="mt-4" onClick={() => location.reload()}>
        Load it again
      </Button>
    </main>
  );
}
