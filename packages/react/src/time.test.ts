import { describe, expect, it } from 'vitest';
import { markWords } from './highlight.ts';
import { safeLink } from './safe-link.ts';
import { relativeTime, snoozePresets } from './time.ts';

const now = new Date(2026, 10, 20, 14, 30);

describe('relative time', () => {
  const ago = (seconds: number) =>
    relativeTime(new Date(now.getTime() - seconds * 1000).toISOString(), now.getTime(), 'en');
  it.each([
    [10, 'now'],
    [50, '1m ago'],
    [59 * 60, '59m ago'],
    [3 * 3600, '3h ago'],
    [26 * 3600, 'yesterday'],
    [3 * 86_400, '3d ago'],
    [8 * 86_400, 'Nov 12'],
    [400 * 86_400, 'Oct 16, 2025'],
  ])('%d seconds is %s', (seconds, text) => {
    expect(ago(seconds)).toBe(text);
  });

  it('speaks the language of the messages', () => {
    expect(relativeTime(new Date(now.getTime() - 7_200_000).toISOString(), now.getTime(), 'de')).toMatch(/^vor 2/);
  });
});

describe('snooze', () => {
  const names = (at: Date) => snoozePresets(at).map(({ name }) => name);

  it('offers this evening while it is still worth waiting for', () => {
    expect(names(now)).toEqual(['hour', 'evening', 'morning', 'week']);
    expect(names(new Date(2026, 10, 20, 17, 30))).toEqual(['hour', 'morning', 'week']);
  });

  it('means the next Monday by next week, on a Monday too', () => {
    const week = (at: Date) => snoozePresets(at).find(({ name }) => name === 'week')?.until;
    expect(week(now)).toEqual(new Date(2026, 10, 23, 8));
    expect(week(new Date(2026, 10, 23, 7))).toEqual(new Date(2026, 10, 30, 8));
    expect(week(new Date(2026, 10, 22, 23))).toEqual(new Date(2026, 10, 23, 8));
  });
});

it('marks words between tags and never inside them', () => {
  const marked = markWords('<p>Pay <a href="https://pay.example">pay &amp; go</a></p>', 'x <mark>pay</mark> y');
  expect(marked).toBe('<p><mark>Pay</mark> <a href="https://pay.example"><mark>pay</mark> &amp; go</a></p>');
});

it.each([
  ['/billing', '/billing'],
  ['https://example.com/a', 'https://example.com/a'],
  ['//evil.example', undefined],
  ['/\\evil.example', undefined],
  ['javascript:alert(1)', undefined],
  [null, undefined],
])('the link %s is followed as %s', (link, followed) => {
  expect(safeLink(link)).toBe(followed);
});
