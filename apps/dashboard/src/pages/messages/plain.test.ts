import { expect, it } from 'vitest';
import { plainOf } from './plain.ts';

it.each([
  ['12\\,480 rows\\. without errors\\.', '12,480 rows. without errors.'],
  ['It arrives **soon**, see [the order](https://example.com/a_b)', 'It arrives soon, see the order'],
  ['# Hello\n\n- *one*\n- `two`', 'Hello\n\none\ntwo'],
  ['snake_case stays, 2 * 3 * 4 too, and \\*this\\*', 'snake_case stays, 2 * 3 * 4 too, and *this*'],
  ['وصل **الطلب**', 'وصل الطلب'],
])('says %j without the signs of Markdown', (markdown, plain) => {
  expect(plainOf(markdown)).toBe(plain);
});
