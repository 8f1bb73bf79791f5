import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { complaint, importsOf, PACKAGES, packageComplaint, ROOMS } from './architecture.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const server = `${root}packages/pulsestack/src`;
const folders: Record<string, string> = {
  '@pulsestack/core': 'packages/core/src',
  '@pulsestack/testing': 'packages/testing/src',
  pushstream: 'packages/pushstream/src',
  pulsestack: 'packages/pulsestack/src',
  '@pulsestack/node': 'packages/node/src',
  '@pulsestack/client': 'packages/client/src',
  '@pulsestack/react': 'packages/react/src',
  '@pulsestack/dashboard': 'apps/dashboard/src',
};

describe('the house', () => {
  it('has no climb: every import goes down or sideways by a face', () => {
    const imports = [...importsOf(server)];
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.map(complaint).filter(Boolean)).toEqual([]);
  });

  it.each([
    ['features/inbox/inbox.ts', 'features/streams/index.ts', 'emit an event instead'],
    ['features/inbox/inbox.ts', 'features/accounts/store.ts', 'by its index'],
    ['features/inbox/inbox.ts', 'adapters/pglite/index.ts', 'may not see adapters'],
    ['kernel/event.ts', 'features/inbox/index.ts', 'may not see features'],
    ['ports/clock.ts', 'kernel/errors.ts', 'may not see kernel'],
    ['ports/clock.ts', 'fastify', 'knows no technology'],
    ['adapters/redis/index.ts', 'adapters/postgres/index.ts', 'do not know each other'],
    ['transports/http/server.ts', 'features/inbox/store.ts', 'by its index'],
    ['channels/smtp/index.ts', 'kernel/errors.ts', 'may not see kernel'],
  ])('complains about a planted climb: %s → %s', (from, to, words) => {
    expect(complaint({ from, to, line: 1 })).toContain(words);
  });

  it('lets facts travel: anyone may import the events of any room', () => {
    expect(complaint({ from: 'features/inbox/inbox.ts', to: 'features/streams/events.ts', line: 1 })).toBeUndefined();
  });

  it('knows every room that exists', async () => {
    const { features } = await import('../packages/pulsestack/src/features/index.ts');
    const names = features.map((feature) => feature.name);
    expect(names.filter((name) => !ROOMS.includes(name))).toEqual([]);
    expect(names).toEqual(ROOMS.filter((room) => names.includes(room)));
    for (const name of names) expect(existsSync(`${server}/features/${name}/index.ts`)).toBe(true);
  });
});

describe('the packages', () => {
  it.each(Object.entries(folders))('%s imports only what it may know', (name, folder) => {
    expect([...importsOf(`${root}${folder}`)].map((one) => packageComplaint(name, one)).filter(Boolean)).toEqual([]);
  });

  it('complains about a planted one', () => {
    expect(packageComplaint('pushstream', { from: 'hub.ts', to: '@pulsestack/core', line: 1 })).toContain(
      'may not know',
    );
    expect(Object.keys(PACKAGES).length).toBe(Object.keys(folders).length);
  });

  it('reads the environment in config.ts only', () => {
    const readers = [...new Set([...importsOf(server)].map((one) => one.from))].filter(
      (file) => file !== 'config.ts' && /process\.env/.test(readFileSync(`${server}/${file}`, 'utf8')),
    );
    expect(readers).toEqual([]);
  });
});
