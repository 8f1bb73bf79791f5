import { createRandom } from './random.ts';

/** Names that a reader can listen to; others occur and cannot be heard. */
export const LISTENED = ['message', 'a', 'b.c', 'é'];

const ENDS = ['\n', '\n', '\r', '\r\n', '\r\n', '\n\n', '\r\r', '\r\n\r\n', '\n\r'];
const FIELDS = [
  'data',
  'data',
  'data',
  'event',
  'id',
  'retry',
  'Data',
  ' data',
  'dat',
  'data ',
  'event',
  '',
  '\uFEFFdata',
];
const VALUES = [
  '',
  'x',
  ' x',
  '  x',
  'a',
  'b.c',
  'é',
  'message',
  '🙂',
  '\0',
  '1\0',
  '7',
  '1e3',
  '12',
  '-5',
  'a:b',
  ':',
  '\uFEFF',
  '\t',
  '{"a":1}',
];
// Too long, cut off, a surrogate, never allowed, a stray end.
const BROKEN = [[0xc0, 0xaf], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xff], [0x80], [0xf0, 0x9f, 0x99]];

/** A byte stream full of what parsers get wrong, and the pieces it comes in; the same for the same seed. */
export function randomStream(seed: number): Buffer[] {
  const random = createRandom(seed);
  const pick = <Item>(from: readonly Item[]): Item => from[random(from.length)] as Item;
  const parts: Buffer[] = [];
  if (random(4) === 0) parts.push(Buffer.from('\uFEFF'));
  for (let line = 5 + random(25); line > 0; line -= 1) {
    const colon = pick([':', ': ', ': ', ':  ', '']);
    parts.push(Buffer.from(pick(FIELDS) + colon + pick(VALUES)));
    if (random(8) === 0) parts.push(Buffer.from(pick(BROKEN)));
    if (random(12) > 0) parts.push(Buffer.from(pick(ENDS)));
  }
  if (random(2) === 0) parts.push(Buffer.from('\n\n'));
  return cut(Buffer.concat(parts), random);
}

function cut(bytes: Buffer, random: (below: number) => number): Buffer[] {
  const most = [1, 3, 20, 400][random(4)] as number;
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = from + 1 + random(most);
    pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
}
