import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';

/** The way from one of them to all of them. */
export function Back({
  to,
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
  label: string;
}) {
  return (
    <Link
      to={to}
      aria-label={label}
      className="-ml-2 flex size-8 shrink-0 items-center justify-center rounded-control text-n11 transition-colors duration-100 hover:bg-n4 hover:text-n12"
    >
      <ArrowLeft className="size-4" aria-hidden />
    </Link>
  );
}
