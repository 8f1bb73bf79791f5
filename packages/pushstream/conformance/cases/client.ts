import { createParser, type ParsedEvent } from '../../src/client/parser.ts';
import { type Case, same } from '../case.ts';

/** What this project's reader makes of a stream that comes in these pieces. */
function parse(...pieces: string[]): { events: ParsedEvent[]; ids: string[]; retries: number[]; texts: string[] } {
  const events: ParsedEvent[] = [];
  const ids: string[] = [];
  const retries: number[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onId: (id) => ids.push(id),
    onRetry: (ms) => retries.push(ms),
  });
  for (const piece of pieces) parser.push(piece);
  return { events, ids, retries, texts: events.map(({ data }) => data) };
}

export const clientCases: Case[] = [
  {
    number: 18,
    title: 'The client takes a retry of digits and ignores any other',
    needs: ['ownParts'],
    async run() {
      same(parse('retry: 1000x\nretry:\nretry:-1\nretry: 1e3\nretry: 2000\n\n').retries, [2000], 'the times');
    },
  },
  {
    number: 19,
    title: 'The client treats ids and unknown fields as the standard says',
    needs: ['ownParts'],
    async run() {
      same(
        parse('id: 1\ndata: a\n\nid: 2\u0000\ndata: b\n\n').events.map(({ id }) => id),
        ['1', '1'],
        'ids with NUL',
      );
      same(
        parse('id: 1\ndata: a\n\nid\ndata: b\n\n').events.map(({ id }) => id),
        ['1', ''],
        'an id without colon',
      );
      same(parse('id: 7\n\n').ids, ['7'], 'ids without data');
      same(parse('unknown: x\ndata: a\n\n').texts, ['a'], 'with an unknown field');
      same(parse('data: a\n\ndata: b\n').texts, ['a'], 'without the last empty line');
    },
  },
  {
    number: 20,
    title: 'The client knows every line end, cut anywhere, and one byte order mark',
    needs: ['ownParts'],
    async run() {
      for (const end of ['\n', '\r', '\r\n'])
        same(parse(`data: a${end}data: b${end}${end}`).texts, ['a\nb'], 'the text');
      same(parse('data: a\r', '\n\r', '\ndata: b\r', '\n\r', '\n').texts, ['a', 'b'], 'CRLF in pieces');
      same(parse('\uFEFFdata: a\n\n').texts, ['a'], 'after one mark');
      same(parse('\uFEFF\uFEFFdata: a\n\ndata: b\n\n').texts, ['b'], 'after two marks');
      same(parse(':comment\ndata: a\n\n').texts, ['a'], 'after a comment');
    },
  },
];
