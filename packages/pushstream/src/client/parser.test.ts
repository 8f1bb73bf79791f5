import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createParser, type ParsedEvent } from './parser.ts';

interface Seen {
  events: ParsedEvent[];
  ids: string[];
  retries: number[];
}

function parse(...pieces: string[]): Seen {
  const seen: Seen = { events: [], ids: [], retries: [] };
  const parser = createParser({
    onEvent: (event) => seen.events.push(event),
    onId: (id) => seen.ids.push(id),
    onRetry: (ms) => seen.retries.push(ms),
  });
  for (const piece of pieces) parser.push(piece);
  return seen;
}

const texts = (...pieces: string[]) => parse(...pieces).events.map((event) => event.data);

/** Text made of what matters to a parser. */
const stream = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\n',
        '\r',
        '\r\n',
        '\n\n',
        ':',
        ' ',
        'data',
        'data:',
        'data: ',
        'event: a',
        'id: 1',
        'id',
        'retry: 5',
        '\uFEFF',
        '\0',
        '🙂',
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('parser', () => {
  it('sees the same however the text is cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 20 }), (text, cuts) => {
        const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
        expect(parse(...pieces)).toEqual(parse(text));
        expect(parse(...text)).toEqual(parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('survives any cut of any bytes through a decoder', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1 })), (lines) => {
        const clean = lines.map((line) => line.replace(/[\r\n]/g, ''));
        const bytes = new TextEncoder().encode(clean.map((line) => `data: ${line}\n\n`).join(''));
        const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
        const pieces = [...bytes].map((byte) => decoder.decode(Uint8Array.of(byte), { stream: true }));
        expect(texts(...pieces)).toEqual(clean);
      }),
    );
  });

  it('ends lines with CR, LF and CRLF, even one cut in two', () => {
    expect(texts('data: a\n\ndata: b\r\rdata: c\r\n\r\n')).toEqual(['a', 'b', 'c']);
    expect(texts('data: a\r', '\ndata: b\r', '\n\r', '\n')).toEqual(['a\nb']);
    expect(texts('data: a\r', '\r')).toEqual(['a']);
  });

  it('strips one byte order mark at the start and no other', () => {
    expect(texts('\uFEFFdata: a\n\n')).toEqual(['a']);
    expect(texts('\uFEFF\uFEFFdata: a\n\ndata: b\n\n')).toEqual(['b']);
    expect(texts('data: \uFEFFa\n\n')).toEqual(['\uFEFFa']);
  });

  it('takes only digits as a retry', () => {
    expect(parse('retry: 1000x\nretry:\nretry:-1\nretry: 1.5\nretry: 2000\n\n').retries).toEqual([2000]);
  });

  it('ignores an id with NUL, resets on a bare id, and keeps it for later events', () => {
    const ids = (text: string) => parse(text).events.map((event) => event.id);
    expect(ids('id: 1\ndata: a\n\ndata: b\n\n')).toEqual(['1', '1']);
    expect(ids('id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n')).toEqual(['1', '1']);
    expect(ids('id: 1\ndata: a\n\nid\ndata: b\n\n')).toEqual(['1', '']);
  });

  it('moves on by an id without data, dispatching nothing', () => {
    const seen = parse('id: 7\n\nevent: ps.sync\nid: 8\n\n');
    expect(seen.events).toEqual([]);
    expect(seen.ids).toEqual(['7', '8']);
  });

  it('discards an event whose empty line never came', () => {
    expect(texts('data: a\n\ndata: b\nid: 9\n')).toEqual(['a']);
  });

  it('dispatches empty data, ignores comments and unknown fields, and keeps all but one leading space', () => {
    expect(texts('data\n\n')).toEqual(['']);
    expect(texts('data:\ndata:\n\n')).toEqual(['\n']);
    expect(texts(': hello\nfoo: bar\ndata:  a\nData: x\n\n')).toEqual([' a']);
  });
});
