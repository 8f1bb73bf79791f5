import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCursors, createEpoch, formatCursor, isEpoch, parseCursor } from './cursor.ts';

describe('cursor', () => {
  it('comes back as it was written, and needs no CORS preflight as a Last-Event-ID', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (seq) => {
        const cursor = { epoch: createEpoch(), seq };
        const text = formatCursor(cursor);
        expect(text).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
        expect(parseCursor(text)).toEqual(cursor);
      }),
    );
  });

  it.each([
    '',
    'abc',
    'abcdef',
    'abcdef.',
    '.1',
    'abcdef.-1',
    'abcdef.01',
    'abcdef.Z',
    'abc.1',
    'abcdefghi.1',
    'abcdef.1\n',
    'abcdef.zzzzzzzzzzz',
    'é23456.1',
  ])('refuses %j', (text) => {
    expect(parseCursor(text)).toBeNull();
  });

  it('never throws, whatever a client sends', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cursor = parseCursor(text);
        return cursor === null || formatCursor(cursor) === text;
      }),
    );
    expect(parseCursor('\0')).toBeNull();
  });

  it('compares only within an epoch', () => {
    expect(compareCursors({ epoch: 'aaaaaa', seq: 2 }, { epoch: 'aaaaaa', seq: 36 })).toBeLessThan(0);
    expect(compareCursors({ epoch: 'aaaaaa', seq: 2 }, { epoch: 'bbbbbb', seq: 2 })).toBeNull();
    expect(isEpoch(createEpoch())).toBe(true);
  });
});
