/** Turns what the driver says when it cannot connect into what to do about it. */
export function explainRefusal(cause: unknown, place: string): string {
  const { code, message } = cause as { code?: string; message?: string };
  const user = place.match(/\/\/([^@/]*)@/)?.[1] ?? '';
  const database = place.match(/\/([^/?]*)(?:\?.*)?$/)?.[1] ?? '';
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host of ${place} is unknown; correct DATABASE_URL, or unset it to use the embedded database.`;
    case '28P01':
    case '28000':
      return `PostgreSQL at ${place} refuses the user or its password (${message}); correct DATABASE_URL.`;
    case '3D000':
      return `PostgreSQL at ${place} has no database "${database}"; create it with "createdb -O ${user || 'USER'} ${database}", or correct DATABASE_URL.`;
    case '53300':
      return `PostgreSQL at ${place} has no connection left (${message}); raise its max_connections, or close other clients.`;
    case '57P03':
      return `PostgreSQL at ${place} is starting up or shutting down (${message}); try again in a moment.`;
    default:
      return `PostgreSQL is set but unreachable at ${place} (${reasonOf(cause)}); start it, correct DATABASE_URL, or unset it to use the embedded database.`;
  }
}

/** The address as it may be shown. */
export function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^:@/]*):[^@/]*@/, '$1@').replace(/([?&]password=)[^&]*/gi, '$1••••');
}

// When a name has several addresses, the reason is inside an error that says nothing.
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map((error: Error) => error.message).join(', ');
  return cause instanceof Error ? cause.message : String(cause);
}
