import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';

/** The way from one of them to all of them. */
export function Back({
  to,
  search,
  label,
}: {
  to:
    | '/notifications'
    | '/messages'
    | '/users'
    | '/topics'
    | '/schedules'
    | '/templates'
    | '/streams/events'
    | '/catalog'
    | '/workflows'
    | '/runs';
  search?: { tab: string };
  label: string;
}) {
  return (
    <Link
      to={to}
      {...(search ? { search } : {})}
      aria-label={label}
      className="-ml-2 flex size-8 shrink-0 items-center justify-center rounded-control text-n11 transition-colors duration-100 hover:bg-n4 hover:text-n12"
    >
      <ArrowLeft className="size-4" aria-hidden />
    </Link>
  );
}
