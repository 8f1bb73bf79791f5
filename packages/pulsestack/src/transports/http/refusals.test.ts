import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../testing/index.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

it.each([
  ['half an escape', '/v1/users/a%zz', 'must be percent-encoded UTF-8'],
  ['bytes that are no text', '/v1/users/%ff', 'must be percent-encoded UTF-8'],
  ['an id of 600 characters', `/v1/users/${'a'.repeat(600)}`, 'has a part that is longer than any id'],
])('an address with %s is refused like everything else', async (_name, path, message) => {
  const answer = await app.call('GET', path);
  expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ in: 'path', message }] } });
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.headers['x-request-id']).toBe(answer.body.requestId);
});

it.each([
  ['nobody', { to: 5, title: 'x' }, '/to', /must be the id of a user, a list of ids/],
  ['a blank title', { to: 'ada', title: '  ' }, '/title', /not blank/],
  ['a title of two lines', { to: 'ada', title: 'a\nb' }, '/title', /one line/],
])('%s is refused in words that say what to send', async (_name, body, field, message) => {
  const answer = await app.call('POST', '/v1/notify', { body });
  expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  const named = answer.body.errors.find((error: { field: string }) => error.field.startsWith(field));
  expect(named.message).toMatch(message);
});

it('says that the body is missing', async () => {
  expect(await app.call('POST', '/v1/notify')).toMatchObject({
    status: 400,
    body: { detail: 'body: is missing; send JSON' },
  });
});
