import { setTimeout as wait } from 'node:timers/promises';
import type { Tags } from '../../src/log.ts';
import { type Case, check, eventually, numbers, same } from '../case.ts';

export const enduranceCases: Case[] = [
  {
    number: 44,
    title: 'Through nginx with buffering and compression on, each event is there at once',
    needs: [],
    async run(run) {
      const { origin, host, pathname, search } = new URL(run.target.url);
      const testing = await import('@pulsestack/testing').catch(() => null);
      const nginx = await testing
        ?.startNginx((port, directory) => nginxConf(port, directory, origin, host))
        .catch(() => null);
      if (!nginx) return 'not asked: there is no nginx here';
      run.afterwards(() => nginx.close());
      const reader = await run.read({
        path: `${nginx.url}${pathname}${search}`,
        headers: { 'Accept-Encoding': 'gzip' },
      });
      for (const text of numbers(5)) {
        await run.say(text);
        await run.hears(reader, Number(text));
      }
    },
  },
  {
    number: 45,
    title: 'A reader that stops costs the server little, and then hears all or a reset',
    needs: ['figures', 'controls'],
    async run(run) {
      const reader = await run.read();
      const text = 'x'.repeat(100_000);
      const events = Math.ceil(run.size.slowBytes / text.length);
      const publish = async () => {
        for (let n = 0; n < events; n += 1) await run.say(text);
      };
      // With a reader that reads everything, so that what any server keeps of the last events is there before.
      await publish();
      await run.hears(reader, events);
      reader.socket.pause();
      const before = (await run.can('figures')()).heldBytes;
      await publish();
      const grown = (await run.can('figures')()).heldBytes - before;
      check(grown < 4e6, `the server grew by ${grown} bytes`);
      reader.socket.resume();
      await reader.until(
        (r) => run.eventsOf(r).length === 2 * events || r.events.at(-1)?.name === 'ps.reset',
        'all or a reset',
      );
      return `grew by ${(grown / 1e6).toFixed(1)} MB for ${Math.round(run.size.slowBytes / 1e6)} MB`;
    },
  },
  {
    number: 46,
    title: 'Connections that come and go leave nothing behind',
    needs: ['figures'],
    async run(run) {
      const cursor = await run.place();
      for (const text of numbers(50)) await run.say(text);
      await wait(200);
      const before = await run.can('figures')();
      for (let cycle = 0; cycle < run.size.cycles; cycle += 20) {
        const readers = Array.from({ length: 20 }, () => run.request({ cursor }));
        for (const [index, reader] of readers.entries()) {
          if (index % 4 === 0) reader.cut();
          else if (index % 4 === 1) reader.socket.once('connect', () => reader.cut());
          else if (index % 4 === 2) reader.socket.once('data', () => reader.cut());
          else void run.hears(reader, 20).then(() => reader.cut());
        }
        await Promise.all(readers.map((reader) => reader.until((r) => r.ended, 'the end')));
      }
      await eventually('everything given back', async () => {
        const after = await run.can('figures')();
        return after.connections <= before.connections && after.descriptors <= before.descriptors + 3;
      });
    },
  },
  {
    number: 47,
    title: 'A shutdown tells everyone when to come back, spread over time, and loses nothing',
    needs: ['shutdown', 'restart', 'controls'],
    async run(run) {
      const readers = await Promise.all(Array.from({ length: 200 }, () => run.read()));
      await run.say('before');
      await Promise.all(readers.map((reader) => run.hears(reader, 1)));
      await run.can('shutdown')();
      await Promise.all(readers.map((reader) => reader.until((r) => r.ended, 'the end')));
      const buckets = new Map<number, number>();
      for (const { events } of readers) {
        same(events.at(-1)?.name, 'ps.drain', 'the last event');
        const second = Math.floor(
          Number((JSON.parse(events.at(-1)?.data ?? '{}') as { retryMs?: number }).retryMs) / 1_000,
        );
        buckets.set(second, (buckets.get(second) ?? 0) + 1);
      }
      const most = Math.max(...buckets.values()) / readers.length;
      check(most < 0.35, `${Math.round(most * 100)} % come back within one second`);
      await run.can('restart')();
      await run.say('after');
      const again = await run.read({ cursor: readers[0]?.events.at(-1)?.id });
      await run.hears(again, 1);
      same(run.heard(again), ['after'], 'the texts');
    },
  },
  {
    number: 48,
    title: 'Users and filters: live and replay give the same, and nothing of another',
    needs: ['asUser', 'filter'],
    async run(run) {
      const filter = JSON.stringify({
        or: [
          {
            and: [
              { field: 'name', op: 'eq', value: run.name },
              { field: 'tags.size', op: 'gte', value: 5 },
            ],
          },
          { field: 'tags.region', op: 'eq', value: 'eu' },
        ],
      });
      const [ann, ben] = [await run.can('asUser')('ann'), await run.can('asUser')('ben')];
      const asAnn = { ...ann, query: { ...ann.query, filter } };
      const cursor = await run.place(ann);
      const live = await run.read(asAnn);
      const others = await run.read(ben);
      const expected: string[] = [];
      for (let n = 0; n < 120; n += 1) {
        const user = n % 3 === 0 ? 'ben' : 'ann';
        // Text is no number, and what is missing is neither.
        const kinds: Tags[] = [{ size: n % 10 }, { size: '9' }, { region: n % 2 ? 'eu' : 'us' }, {}];
        const tags = kinds[n % 4] ?? {};
        const passes = (typeof tags.size === 'number' && tags.size >= 5) || tags.region === 'eu';
        if (user === 'ann' && passes) expected.push(`${n}`);
        await run.say(`${n}`, { user }, { tags });
      }
      await run.say('end', 'everyone', { tags: { size: 5 } });
      expected.push('end');
      await run.hears(live, expected.length);
      const replay = await run.read({ ...asAnn, cursor });
      await run.hears(replay, expected.length);
      same(run.heard(live), expected, 'the texts live');
      same(run.heard(replay), expected, 'the texts of a replay');
      await run.hears(others, 41);
      same(
        run.heard(others).filter((text) => text !== 'end' && Number(text) % 3 !== 0),
        [],
        'what another user heard',
      );
    },
  },
];

function nginxConf(port: number, directory: string, origin: string, host: string): string {
  return `
pid ${directory}/nginx.pid;
error_log stderr;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  gzip on;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${origin};
      proxy_http_version 1.1;
      proxy_set_header Host ${host};
      proxy_buffering on;
    }
  }
}`;
}
