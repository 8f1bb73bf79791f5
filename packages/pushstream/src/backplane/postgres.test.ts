import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { backplaneContract } from '../testing/backplane-contract.ts';
import { openPostgresBackplane } from './postgres.ts';

const { TEST_DATABASE_URL: url = '' } = process.env;
const prefix = `pushstream_${process.pid}_`;

describe.skipIf(!url)('PostgreSQL', () => {
  const admin = new pg.Client(url);
  const connected = url ? admin.connect() : undefined;
  afterAll(() => admin.end());

  // The server belongs to others as well, so ours carry a name of their own.
  const address = new URL(url || 'postgres://nowhere');
  address.searchParams.set('application_name', prefix);
  const pids = async () => {
    await connected;
    const { rows } = await admin.query<{ pid: number }>(
      'select pid from pg_stat_activity where application_name = $1',
      [prefix],
    );
    return rows.map(({ pid }) => pid);
  };

  backplaneContract('PostgreSQL', async () => ({
    open: () => openPostgresBackplane({ url: address.href, prefix }),
    async disconnect() {
      await admin.query('select pg_terminate_backend(pid) from unnest($1::int[]) as ours (pid)', [await pids()]);
    },
    connections: async () => (await pids()).length,
    close: async () => {},
  }));

  it('sends what is published together by few statements', async () => {
    const one = await openPostgresBackplane({ url, prefix, gatherMs: 20 });
    const heard: string[] = [];
    await one.subscribe('burst', (message) => heard.push(message));
    await connected;
    await admin.query(`listen ${admin.escapeIdentifier(`${prefix}burst`)}`);
    let payloads = 0;
    admin.on('notification', () => {
      payloads += 1;
    });
    await Promise.all(Array.from({ length: 500 }, (_, i) => one.publish('burst', `message ${i}`)));
    await expect.poll(() => heard.length).toBe(500);
    expect(heard).toEqual(Array.from({ length: 500 }, (_, i) => `message ${i}`));
    await expect.poll(() => payloads).toBe(1);
    await one.close();
  });

  it('becomes a wake-up beyond what NOTIFY carries', async () => {
    const one = await openPostgresBackplane({ url, prefix });
    const heard: string[] = [];
    await one.subscribe('large', (message) => heard.push(message));
    const part = 'x'.repeat(5_000);
    await Promise.all([
      one.publish('large', 'before'),
      one.publish('large', 'y'.repeat(9_000)),
      ...Array.from({ length: 40 }, (_, i) => one.publish('large', `${i}${part}`)),
    ]);
    await expect.poll(() => heard.length).toBeGreaterThan(10);
    expect(heard.slice(0, 2)).toEqual(['before', '']);
    expect(heard.length).toBe(16);
    await one.close();
  });
});

it('says where PostgreSQL was looked for', async () => {
  await expect(openPostgresBackplane({ url: 'postgres://user:secret@127.0.0.1:1/db' })).rejects.toThrow(
    /PostgreSQL does not answer at postgres:\/\/user:…@127\.0\.0\.1:1\/db/,
  );
});
