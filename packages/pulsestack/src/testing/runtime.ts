import { randomBytes } from 'node:crypto';
import { makeId } from '@pulsestack/core';
import { createMemoryPubSub } from '../adapters/memory/index.ts';
import { createPostgresPubSub } from '../adapters/postgres/pubsub.ts';
import { createPrometheus } from '../adapters/prometheus/index.ts';
import type { Runtime } from '../kernel/runtime.ts';
import { createTenantDatabase } from '../kernel/tenancy.ts';
import { type Clock, systemClock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import { type Log, silentLog } from '../ports/log.ts';

/** The ground floor alone, for what needs no room: database, clock, log, news, figures. Everything else is missing. */
export function bareRuntime(parts: { database: Database; clock?: Clock; log?: Log }): Runtime {
  const { database, clock = systemClock, log = silentLog } = parts;
  const ground: Partial<Runtime> = {
    database,
    db: createTenantDatabase(database),
    clock,
    log,
    pubsub: database.kind === 'server' ? createPostgresPubSub(database) : createMemoryPubSub(),
    telemetry: createPrometheus(),
    newId: (kind) => makeId(kind, clock.nowMs(), randomBytes(16)),
    randomBytes,
  };
  return ground as Runtime;
}
