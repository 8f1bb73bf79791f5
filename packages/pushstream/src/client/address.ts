import type { Filter } from '../filter.ts';

export interface AddressParts {
  filter?: Filter;
  client?: string;
  /** A short-lived stand-in for a token, for readers that cannot send headers. */
  ticket?: string;
  cursor?: string | null;
}

/**
 * The address of a stream with what else it needs in its query, for a reader that only takes an address:
 * `new EventSource(streamAddress('/events', { ticket }))`.
 */
export function streamAddress(url: string | URL, { filter, client, ticket, cursor }: AddressParts): string {
  let address = String(url);
  const given = { filter: filter === undefined ? '' : JSON.stringify(filter), client, ticket, last_event_id: cursor };
  for (const [name, value] of Object.entries(given)) {
    if (value) address += `${address.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
  }
  return address;
}
