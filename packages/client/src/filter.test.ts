import { describe, expect, it } from 'vitest';
import { byNewest, fits, normalise } from './filter.ts';

const placed = {
  deliveredAt: '2026-06-15T08:00:00.000Z',
  seenAt: null,
  readAt: null,
  archivedAt: null,
  snoozedUntil: null,
  category: 'deploys',
  type: 'deploy.failed',
  priority: 'high' as const,
};
const archived = { ...placed, archivedAt: '2026-06-15T09:00:00.000Z' };
const snoozed = { ...placed, snoozedUntil: '2026-06-16T09:00:00.000Z' };
const read = { ...placed, readAt: '2026-06-15T09:00:00.000Z', seenAt: '2026-06-15T09:00:00.000Z' };

describe('where an item belongs', () => {
  it.each([
    ['active', { placed: true, read: true, archived: false, snoozed: false }],
    ['unread', { placed: true, read: false, archived: false, snoozed: false }],
    ['read', { placed: false, read: true, archived: false, snoozed: false }],
    ['unseen', { placed: true, read: false, archived: false, snoozed: false }],
    ['archived', { placed: false, read: false, archived: true, snoozed: false }],
    ['snoozed', { placed: false, read: false, archived: false, snoozed: true }],
    ['all', { placed: true, read: true, archived: true, snoozed: true }],
  ] as const)('%s', (state, expected) => {
    const found = Object.fromEntries(
      Object.entries({ placed, read, archived, snoozed }).map(([name, item]) => [name, fits(item, { state })]),
    );
    expect(found).toEqual(expected);
  });

  it('needs every part of the filter to fit', () => {
    expect(fits(placed, { category: ['deploys', 'billing'], priority: 'high', type: 'deploy.failed' })).toBe(true);
    expect(fits(placed, { category: 'billing' })).toBe(false);
    expect(fits(placed, { priority: ['low', 'normal'] })).toBe(false);
    expect(fits(placed, { from: '2026-06-15T08:00:00Z', to: '2026-06-15T08:00:01Z' })).toBe(true);
    expect(fits(placed, { to: '2026-06-15T08:00:00.000Z' })).toBe(false);
  });
});

it('the same filter written differently is one list', () => {
  const one = normalise({ category: ['b', 'a'], state: 'active', q: undefined });
  expect(JSON.stringify(one)).toBe(JSON.stringify(normalise({ q: '', category: ['a', 'b'], type: [] })));
});

it('the newest comes first, and of one instant the later id', () => {
  const items = [
    { deliveredAt: '2026-01-01T00:00:00.000Z', id: 'ntf_b' },
    { deliveredAt: '2026-01-02T00:00:00.000Z', id: 'ntf_a' },
    { deliveredAt: '2026-01-01T00:00:00.000Z', id: 'ntf_c' },
  ];
  expect(items.sort(byNewest).map(({ id }) => id)).toEqual(['ntf_a', 'ntf_c', 'ntf_b']);
});
