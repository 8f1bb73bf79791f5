import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createParser, type ParsedEvent } from './client/parser.ts';
import { encodeControl, encodeEvent, isEventName } from './frame.ts';

function read(bytes: Buffer): ParsedEvent[] {
  const events: ParsedEvent[] = [];
  createParser({ onEvent: (event) => events.push(event) }).push(bytes.toString());
  return events;
}

describe('frame', () => {
  it('puts the id last, so that a cut stream never counts an event as seen', () => {
    expect(encodeEvent('order.shipped', '{"id":1}', 'epoch1.1').toString()).toBe(
      'event: order.shipped\ndata: {"id":1}\nid: epoch1.1\n\n',
    );
  });

  it.each([
    ['lines', 'one\ntwo', 'one\ntwo'],
    ['CR and CRLF', 'one\rtwo\r\nthree', 'one\ntwo\nthree'],
    ['line ends at the end', 'one\n\n', 'one\n\n'],
    ['nothing', '', ''],
    ['a leading space', ' one', ' one'],
    ['what looks like fields', ':comment\nid: 1\nevent: x\nretry: 1', ':comment\nid: 1\nevent: x\nretry: 1'],
    ['a byte order mark', '\uFEFFone', '\uFEFFone'],
    ['an escaped NUL', '"\\u0000"', '"\\u0000"'],
  ])('delivers %s as text', (_, sent, received) => {
    expect(read(encodeEvent('a.b', sent, 'epoch1.1'))).toEqual([{ name: 'a.b', data: received, id: 'epoch1.1' }]);
  });

  it('delivers any text intact but for its line ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = encodeEvent('a.b', text, 'epoch1.1');
        expect(read(bytes)).toEqual([{ name: 'a.b', data: text.replace(/\r\n|\r/g, '\n'), id: 'epoch1.1' }]);
      }),
    );
  });

  it('takes only names that cannot break a frame', () => {
    for (const name of ['order.shipped', 'a.b.c', 'Inbox_1.new-item']) expect(isEventName(name)).toBe(true);
    for (const name of [
      '',
      'order',
      'a.b\n',
      'a.b\ndata: x',
      'a.b\r',
      'a.\0',
      'ps.open',
      '.a',
      'a.',
      'a b.c',
      `a.${'b'.repeat(127)}`,
    ]) {
      expect(isEventName(name)).toBe(false);
    }
  });

  it('leaves the last id alone when a control event has no cursor', () => {
    expect(encodeControl('ps.busy', { retryMs: 300 }, { retryMs: 300.4 }).toString()).toBe(
      'retry: 300\nevent: ps.busy\ndata: {"retryMs":300}\n\n',
    );
  });
});
