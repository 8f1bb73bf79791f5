import { expect, it } from 'vitest';
import { readLines } from './words.ts';

it('reads addresses as people paste them, and the file that it exports', () => {
  const exported =
    '\u{feff}"Address","Channel","Reason"\r\n"gone@example.com","E-mail","Bounced"\r\n"\'+431234567","SMS","By hand"\r\n';
  expect(readLines(exported, 'email').map((line) => line.entry)).toEqual([
    { channel: 'email', address: 'gone@example.com', reason: 'bounced' },
    { channel: 'sms', address: '+431234567', reason: 'manual' },
  ]);
  const pasted = readLines('a@example.com\n\n  b@example.com ; complained\nnobody\ntwo words@example.com', 'email');
  expect(pasted.map(({ number, entry, error }) => [number, entry?.reason ?? error])).toEqual([
    [1, 'manual'],
    [3, 'complained'],
    [4, 'Not an e-mail address'],
    [5, 'Not an address'],
  ]);
});
