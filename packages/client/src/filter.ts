import type { InboxItem, ListFilter } from './types.ts';

/** What of an item decides where it belongs; events about items not loaded here carry only this much. */
export type Placed = Pick<InboxItem, 'deliveredAt' | 'seenAt' | 'readAt' | 'archivedAt' | 'snoozedUntil' | 'category'> &
  Partial<Pick<InboxItem, 'type' | 'priority'>>;

/** Whether an item belongs into the list of a filter. Words of a search are for the server to judge. */
export function fits(item: Placed, filter: ListFilter): boolean {
  return (
    fitsState(item, filter.state ?? 'active') &&
    fitsAny(item.category, filter.category) &&
    fitsAny(item.type, filter.type) &&
    fitsAny(item.priority, filter.priority) &&
    (filter.from === undefined || Date.parse(item.deliveredAt) >= Date.parse(filter.from)) &&
    (filter.to === undefined || Date.parse(item.deliveredAt) < Date.parse(filter.to))
  );
}

export function isActive(item: Placed): boolean {
  return item.archivedAt === null && item.snoozedUntil === null;
}

function fitsState(item: Placed, state: NonNullable<ListFilter['state']>): boolean {
  switch (state) {
    case 'active':
      return isActive(item);
    case 'unread':
      return isActive(item) && item.readAt === null;
    case 'read':
      return isActive(item) && item.readAt !== null;
    case 'unseen':
      return isActive(item) && item.seenAt === null;
    case 'archived':
      return item.archivedAt !== null;
    case 'snoozed':
      return item.snoozedUntil !== null && item.archivedAt === null;
    case 'all':
      return true;
  }
}

function fitsAny(value: string | undefined, allowed: string | readonly string[] | undefined): boolean {
  if (allowed === undefined || value === undefined) return true;
  return typeof allowed === 'string' ? value === allowed : allowed.length === 0 || allowed.includes(value);
}

/** Where an item stands in a list: newest first, the id deciding between two of the same instant. */
export interface Position {
  deliveredAt: string;
  id: string;
}

export function byNewest(a: Position, b: Position): number {
  if (a.deliveredAt !== b.deliveredAt) return a.deliveredAt < b.deliveredAt ? 1 : -1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** The same filter however it is written, as part of a query key. */
export function normalise(filter: ListFilter): ListFilter {
  const sorted = Object.entries({ ...filter, state: filter.state ?? 'active' })
    .filter(([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => [name, Array.isArray(value) ? [...value].sort() : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted) as ListFilter;
}
