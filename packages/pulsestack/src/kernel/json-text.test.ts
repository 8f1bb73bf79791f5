import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, testApp } from '../testing/index.ts';
import { jsonText } from './json-text.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp({ timers: false });
});
afterAll(() => app.close());

it('is JSON that the database gives back as it was, but for NUL and half characters', async () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\u0000', '\ud83d', '\ude00', '😀', '\\u0000', '\\', '\\ud83d', '\\\\u', '\u001f', 'a'),
  );
  const texts = fc.array(words).map((all) => all.join(''));
  await fc.assert(
    fc.asyncProperty(texts, texts, async (text, key) => {
      const kept = (one: string) => one.toWellFormed().replaceAll('\u0000', '\uFFFD');
      const { rows } = await app.runtime.database.pool.query('select $1::jsonb as given', [
        jsonText({ text, [`k${key}`]: 1 }),
      ]);
      expect(rows[0].given).toEqual({ text: kept(text), [`k${kept(key)}`]: 1 });
    }),
    { numRuns: 200 },
  );
});
