import { setTimeout as wait } from 'node:timers/promises';
import { type Case, check, numbers, same } from '../case.ts';

const ID = /^[A-Za-z0-9._-]{1,128}$/;

export const answerCases: Case[] = [
  {
    number: 1,
    title: 'A plain GET is answered at once, with the headers that proxies need',
    needs: [],
    async run(run) {
      const reader = await run.read();
      const header = (name: string) => (reader.headers.get(name) ?? '').toLowerCase();
      check(
        /^text\/event-stream(;\s*charset=utf-8)?$/.test(header('content-type')),
        `Content-Type is ${header('content-type')}`,
      );
      for (const part of ['no-cache', 'no-store', 'no-transform'])
        check(header('cache-control').includes(part), `Cache-Control lacks ${part}: ${header('cache-control')}`);
      same(header('x-accel-buffering'), 'no', 'X-Accel-Buffering');
    },
  },
  {
    number: 2,
    title: 'The stream begins with retry and ps.open with a valid id',
    needs: ['controls'],
    async run(run) {
      const { body, events } = await run.read();
      check(/^retry: \d+\n/.test(body), `it begins with ${JSON.stringify(body.slice(0, 60))}`);
      same(events[0]?.name, 'ps.open', 'the first event');
      check(ID.test(events[0]?.id ?? ''), `its id is ${events[0]?.id}`);
    },
  },
  {
    number: 15,
    title: 'Ids are short, plain, and rise strictly',
    needs: [],
    async run(run) {
      const reader = await run.read();
      for (const text of numbers(40)) await run.say(text);
      await run.hears(reader, 40);
      const ids = run.eventsOf(reader).map(({ id }) => id);
      for (const id of ids) check(ID.test(id), `the id ${JSON.stringify(id)} needs a preflight or is too long`);
      same(new Set(ids).size, ids.length, 'the number of different ids');
      // An id that shows no place in its log is as good, as long as it is no other's.
      const showsPlace = run.target.can.controls || ids.every((id) => /^\d+$/.test(id));
      if (!showsPlace) return;
      const places = ids.map((id) =>
        run.target.can.controls ? Number.parseInt(id.split('.')[1] ?? '', 36) : Number(id),
      );
      const rises = places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0));
      check(rises, `ids do not rise: ${ids.slice(0, 5).join(', ')} …`);
    },
  },
  {
    number: 16,
    title: 'id is the last field of each event',
    needs: [],
    async run(run) {
      const reader = await run.read();
      for (const text of numbers(3)) await run.say(text);
      await run.hears(reader, 3);
      for (const frame of reader.body.split('\n\n').filter((one) => one.includes(run.name)))
        check(/(^|\n)id: ?[^\n]+$/.test(frame), `an event ends with ${JSON.stringify(frame.split('\n').at(-1))}`);
    },
  },
  {
    number: 17,
    title: 'Silence is broken in time, without a message event',
    needs: ['heartbeatMs'],
    async run(run) {
      const ms = run.can('heartbeatMs');
      const reader = await run.read();
      const before = {
        bytes: reader.body.length,
        events: reader.events.filter(({ name }) => name === 'message').length,
      };
      await wait(ms * 1.1 + 500);
      check(reader.body.length > before.bytes, `nothing was said within ${ms} ms`);
      same(reader.events.filter(({ name }) => name === 'message').length, before.events, 'message events');
    },
  },
  {
    number: 42,
    title: 'HEAD has the headers alone; PUT is not allowed',
    needs: [],
    async run(run) {
      const head = run.request({ method: 'HEAD', headers: { Connection: 'close' } });
      await head.until((r) => r.ended, 'the end of the answer to HEAD');
      same([head.status, head.body], [200, ''], 'HEAD');
      check((head.headers.get('content-type') ?? '').startsWith('text/event-stream'), 'HEAD has another Content-Type');
      const put = run.request({
        method: 'PUT',
        headers: { Connection: 'close', 'Content-Length': '0' },
      });
      await put.until((r) => r.head !== '', 'an answer to PUT');
      same(put.status, 405, 'PUT');
      check(put.headers.has('allow'), 'PUT is refused without Allow');
    },
  },
  {
    number: 43,
    title: 'Accept decides: JSON alone is 406, anything or nothing is a stream',
    needs: [],
    async run(run) {
      for (const [accept, status] of [
        ['application/json', 406],
        ['*/*', 200],
        ['text/*', 200],
      ] as const) {
        const reader = run.request({ headers: { Accept: accept } });
        await reader.until((r) => r.head !== '', `an answer to Accept: ${accept}`);
        same(reader.status, status, `Accept: ${accept}`);
      }
    },
  },
];
