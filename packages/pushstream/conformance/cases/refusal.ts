import { setTimeout as wait } from 'node:timers/promises';
import { type Case, check, type Opening, type Run, same } from '../case.ts';

export const refusalCases: Case[] = [
  {
    number: 35,
    title: 'A stream that has ended for good is 204',
    needs: ['variant'],
    async run(run) {
      const ended = run.on(await run.can('variant')({ ended: true }));
      same(await statusOf(ended, {}), 204, 'the status');
    },
  },
  {
    number: 36,
    title: 'A full server says when to come back, with 200, and ends',
    needs: ['controls', 'variant'],
    async run(run) {
      const full = run.on(await run.can('variant')({ connections: 1 }));
      await full.read();
      const second = full.request({ headers: { Connection: 'close' } });
      await second.until((r) => r.ended, 'the end');
      same(second.status, 200, 'the status');
      check(/^retry: \d+\nevent: ps\.busy\n/.test(second.body), `it says ${JSON.stringify(second.body)}`);
    },
  },
  {
    number: 37,
    title: 'Who is unknown gets 401 and who may not gets 403, before the first byte of a stream',
    needs: ['strangers'],
    async run(run) {
      const { unknown, forbidden } = run.can('strangers');
      const reader = run.request(unknown);
      await reader.until((r) => r.head !== '', 'an answer');
      same(reader.status, 401, 'the status without a right');
      check(reader.headers.has('www-authenticate'), '401 comes without WWW-Authenticate');
      if (forbidden) same(await statusOf(run, forbidden), 403, 'the status for a stream of another');
    },
  },
  {
    number: 38,
    title: 'A stream ends no later than the right to it; a new right goes on from the cursor',
    needs: ['expiring', 'asUser'],
    async run(run) {
      const old = await run.can('expiring')('expiring', 1_500);
      const reader = await run.read(old);
      const opened = Date.now();
      await run.say('1');
      await run.hears(reader, 1);
      await reader.until((r) => r.ended, 'the end');
      check(Date.now() - opened < 3_000, 'it went on');
      await wait(Math.max(0, opened + 1_600 - Date.now()));
      await run.say('2');
      same(await statusOf(run, old), 401, 'the status with the old right');
      const again = await run.read({ ...(await run.can('asUser')('expiring')), cursor: run.eventsOf(reader)[0]?.id });
      await run.hears(again, 1);
      same(run.heard(again), ['2'], 'the texts');
    },
  },
  {
    number: 39,
    title: 'After a right is taken away nothing of that stream is sent, neither live nor in a replay',
    needs: ['revoke', 'asUser'],
    async run(run) {
      const as = await run.can('asUser')('revoked');
      const reader = await run.read(as);
      await run.say('before', { user: 'revoked' });
      await run.hears(reader, 1);
      await run.can('revoke')('revoked');
      await run.say('after', { user: 'revoked' });
      await run.say('public');
      await reader.until((r) => r.ended, 'the end');
      same(run.heard(reader), ['before'], 'the texts');
      const again = run.request({ cursor: run.eventsOf(reader)[0]?.id });
      await again.until((r) => r.head !== '', 'an answer');
      if (again.status === 200) {
        await run.hears(again, 1);
        same(run.heard(again), ['public'], 'the texts of a replay');
      } else check(again.status === 401 || again.status === 403, `a replay is answered with ${again.status}`);
    },
  },
  {
    number: 40,
    title: 'An allowed origin is echoed exactly, another is not, and * never comes with credentials',
    needs: ['origin'],
    async run(run) {
      const allowed = await run.read({ headers: { Origin: run.can('origin') } });
      same(allowed.headers.get('access-control-allow-origin'), run.can('origin'), 'Access-Control-Allow-Origin');
      check((allowed.headers.get('vary') ?? '').toLowerCase().includes('origin'), 'Vary lacks Origin');
      const other = await run.read({ headers: { Origin: `${run.can('origin')}.evil` } });
      check(!other.headers.has('access-control-allow-origin'), 'another origin is allowed');
      return allowed.headers.has('access-control-allow-credentials') ? undefined : 'without credentials';
    },
  },
  {
    number: 41,
    title: 'A preflight is answered',
    needs: ['origin'],
    async run(run) {
      const reader = run.request({
        method: 'OPTIONS',
        headers: {
          Origin: run.can('origin'),
          'Access-Control-Request-Method': 'GET',
          'Access-Control-Request-Headers': 'last-event-id,authorization',
        },
      });
      await reader.until((r) => r.head !== '', 'an answer');
      same(reader.status, 204, 'the status');
      const allowed = (reader.headers.get('access-control-allow-headers') ?? '').toLowerCase();
      for (const name of ['last-event-id', 'authorization']) check(allowed.includes(name), `${name} is not allowed`);
      check(reader.headers.has('access-control-max-age'), 'there is no Access-Control-Max-Age');
    },
  },
];

async function statusOf(run: Run, opening: Opening): Promise<number> {
  const reader = run.request(opening);
  await reader.until((r) => r.head !== '', 'an answer');
  return reader.status;
}
